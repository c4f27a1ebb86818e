#!/usr/bin/env bats
# What real servers send is read and printed as dig 9.18 does it, byte for byte, for a record of every type.
bats_require_minimum_version 1.5.0

load servers

zone="$BATS_TEST_DIRNAME/every.zone"
ask="$EVT_BUILD_DIR/tests/dns/ask"

setup_file() {
  # NAME TYPE of every record, for both.
  awk '!/^;/ { print $1, $4 }' "$BATS_TEST_DIRNAME/every.zone" >"$BATS_FILE_TMPDIR/questions"
  printf '%s\n' 'alias.every.test. MX' 'x.wild.every.test. TXT' >>"$BATS_FILE_TMPDIR/questions"
  (($(wc -l <"$BATS_FILE_TMPDIR/questions") > 120))
}

teardown() { stop; }

# as_dig SERVER
as_dig() {
  serve "$1" "$zone"
  dig @127.0.0.1 -p "$port" +noall +answer +nocookie +bufsize=4096 +tries=3 -f "$BATS_FILE_TMPDIR/questions" >"$folder/dig"
  "$ask" "$port" "$BATS_FILE_TMPDIR/questions" >"$folder/ours"
  [ "$(wc -l <"$folder/dig")" -gt 120 ]
  diff "$folder/dig" "$folder/ours"
}

@test "every record that knot sends is printed as dig prints it" { as_dig knot; }

@test "every record that nsd sends is printed as dig prints it" {
  [ -x /usr/sbin/nsd ] || skip "nsd is not installed"
  as_dig nsd
}

# What no two answers have in common is left out.
steady() { grep -vE '^;; (WHEN|Query time):' | sed 's/, id: [0-9]*$/, id/'; }

@test "evtool dnsq prints whole answers as dig prints them" {
  local name type
  serve knot "$zone"
  while read -r name type; do
    dig @127.0.0.1 -p "$port" +nocookie +nocmd "$name" "$type" 3>&- | steady >"$folder/dig"
    "$EVTOOL" dnsq @127.0.0.1 -p "$port" +nocookie +nocmd "$name" "$type" | steady >"$folder/ours"
    [ "$(wc -l <"$folder/dig")" -gt 8 ]
    diff "$folder/dig" "$folder/ours"
  done <"$BATS_FILE_TMPDIR/questions"
}

@test "what is read from a zone file is what knot reads from it" {
  serve knot "$zone"
  run "$ask" --compare "$port" "$zone"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -gt 120 ]
}
