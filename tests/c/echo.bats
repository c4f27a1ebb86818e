#!/usr/bin/env bats
# The example in C: a TCP server that sends back what it gets.
bats_require_minimum_version 1.5.0

setup() {
  command -v socat >/dev/null || skip "no socat"
  cd "$BATS_TEST_TMPDIR"
  coproc SERVER { exec "$EVT_BUILD_DIR/examples/example_echo" 127.0.0.1:0 2>errors; }
  server=$SERVER_PID
  read -t 20 -r line <&"${SERVER[0]}"
  address=${line#listening on }
  [[ $address == 127.0.0.1:* ]]
}

teardown() {
  [[ -z ${server-} ]] || kill -KILL "$server" 2>/dev/null || true
}

# ends SIGNAL: the server does, and is content.
ends() {
  kill "-$1" "$server"
  wait "$server"
  server=
  [ ! -s errors ]
}

@test "a client gets back what it sends, to the last byte" {
  head -c 3000000 /dev/urandom >sent
  timeout 30 socat -t 20 "TCP:$address" - <sent >got
  cmp sent got
  ends TERM
}

@test "clients are served beside each other" {
  head -c 200000 /dev/urandom >sent
  local clients=() client
  for client in 1 2 3 4 5; do
    timeout 30 socat -t 20 "TCP:$address" - <sent >"got$client" &
    clients+=($!)
  done
  for client in "${clients[@]}"; do wait "$client"; done
  for client in 1 2 3 4 5; do cmp sent "got$client"; done
  ends INT
}
