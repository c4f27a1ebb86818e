# What the dnsq files share: a name server of our own, which does as the first label of a name says.
# shellcheck shell=bash

# serve [OPTION…]: starts name_server.py; `at` is then the operand that names it.
serve() {
  local port
  exec {server_output}< <(exec python3 "$BATS_TEST_DIRNAME/name_server.py" "$@" 2>&1 3>&-)
  servers+=("$!")
  read -r port <&"$server_output"
  at="@127.0.0.1:$port"
}

stop_servers() {
  local pid
  for pid in "${servers[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
}

# dnsq WORD…: with a deadline.
dnsq() {
  timeout 60 "$EVTOOL" dnsq "$@"
}
