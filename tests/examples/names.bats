#!/usr/bin/env bats
# examples/dns_a and http_get, with callbacks and as coroutines: the same answers and the same failures.
bats_require_minimum_version 1.5.0

# start COMMAND…: runs it until the end of the test; `line` is the first line it prints.
start() {
  exec {started}< <(exec "$@" 2>&1 3>&-)
  servers+=("$!")
  read -r -t 20 line <&"$started"
}

teardown() {
  local pid
  for pid in "${servers[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
}

example() { timeout 20 "$EVT_BUILD_DIR/examples/example_$1" "${@:2}"; }

@test "a name is asked for" {
  start python3 "$EVT_SOURCE_DIR/tests/cmd/name_server.py"
  for program in dns_a dns_a_coroutine; do
    run -0 example "$program" host.example "127.0.0.1:$line"
    [ "$output" = 192.0.2.1 ]
    run -1 example "$program" absent.example "127.0.0.1:$line"
    [ -z "$output" ]
    run -1 example "$program" garbled.example "127.0.0.1:$line"
    [ -n "$output" ]
    run -2 example "$program" a..b
  done
}

@test "a page is fetched from a host by its name" {
  mkdir "$BATS_TEST_TMPDIR/site"
  seq 100000 >"$BATS_TEST_TMPDIR/site/page"
  start python3 -u -m http.server --bind 127.0.0.1 --directory "$BATS_TEST_TMPDIR/site" 0
  [[ $line =~ port\ ([0-9]+) ]]
  url="http://localhost:${BASH_REMATCH[1]}"
  for program in http_get http_get_coroutine; do
    example "$program" "$url/page" | cmp - "$BATS_TEST_TMPDIR/site/page"
    run -1 --separate-stderr example "$program" "$url/absent"
    run -1 --separate-stderr example "$program" "http://nowhere.invalid/"
    [ -n "$stderr" ]
  done
}
