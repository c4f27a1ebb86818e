#!/usr/bin/env bats
# dnsq with questions from lines: one record for each, whatever the server does.
load common
load dnsq

setup() { cd "$BATS_TEST_TMPDIR" || return; }
teardown() { stop_servers; }

# names COUNT: that many different ones.
names() { seq -f 'n%.0f.example' "$1"; }

# complete FILE COUNT: one record for each name, and none twice.
complete() {
  [ "$(wc -l <"$1")" -eq "$2" ]
  [ "$(cut -f1 "$1" | sort -u | wc -l)" -eq "$2" ]
}

@test "every line has its record" {
  serve
  names 5000 | dnsq "$at" --stdin >records 2>summary
  complete records 5000
  [ "$(grep -c "$(printf '\tA\tNOERROR\t192.0.2.1$')" records)" -eq 5000 ]
  [ "$(wc -l <summary)" -eq 1 ]
  grep -q 'evtool dnsq: 5000 names in .*: 5000 NOERROR; ' summary
}

@test "failures are records too, and the worst is the exit code" {
  serve
  printf '%s\n' host.example absent.example failing.example garbled.example silent.example empty.example \
    'host.example TXT' 'a..b' 'host.example NOPE' 'host.example A extra' 'long.example' >lines
  run -9 dnsq "$at" -f lines --ordered --timeout 50ms --tries 2
  dnsq "$at" -f lines --ordered --timeout 50ms --tries 2 >records 2>/dev/null || true
  [ "$(cut -f1-3 records)" = "$(printf '%s\t%s\t%s\n' host.example. A NOERROR absent.example. A NXDOMAIN \
    failing.example. A SERVFAIL garbled.example. A MALFORMED silent.example. A TIMEOUT empty.example. A NOERROR \
    host.example. TXT NOERROR a..b - INVALID 'host.example NOPE' - INVALID 'host.example A extra' - INVALID \
    long.example. A NOERROR)" ]
}

@test "empty lines and comments have no record" {
  serve
  printf '\n  \n# no\n; no\nhost.example\r\nlast.example' | dnsq "$at" --stdin -q >records
  [ "$(cut -f1 records)" = "$(printf 'host.example.\nlast.example.')" ]
}

@test "a line is never an option" {
  serve
  printf '%s\n' '--help' '-x 192.0.2.1' '@127.0.0.1' | dnsq "$at" --stdin --ordered >records 2>/dev/null || true
  [ "$(wc -l <records)" -eq 3 ]
  grep -q -e '^--help\.' records
}

@test "a line may name its server" {
  serve
  first=$at
  serve
  echo "host.example A $at" | dnsq @127.0.0.1:1 --stdin -q >records
  grep -q NOERROR records
  echo "host.example @not-an-address" | dnsq "$first" --stdin -q >records || true
  grep -q "INVALID" records
}

@test "--ordered keeps the order of the lines, though answers come in another" {
  serve --drop 0.2
  names 2000 | dnsq "$at" --stdin --ordered -q >records
  [ "$(cut -f1 records)" = "$(names 2000 | sed 's/$/./')" ]
}

@test "nothing is lost where one reply in five is" {
  serve --drop 0.2
  names 3000 | dnsq "$at" --stdin >records 2>summary
  complete records 3000
  [ "$(grep -c NOERROR records)" -eq 3000 ]
}

@test "nothing is lost at a server that answers a thousand a second" {
  serve --rate 1000
  names 2500 | dnsq "$at" --stdin --concurrency 2000 >records 2>summary
  complete records 2500
  [ "$(grep -c NOERROR records)" -eq 2500 ]
}

@test "24 descriptors are enough, over UDP and TCP" {
  serve
  names 3000 >lines
  (ulimit -n 24 && dnsq "$at" -f lines -q >records)
  complete records 3000
  (ulimit -n 24 && head -n 300 lines | dnsq "$at" --stdin --tcp -q >records)
  complete records 300
}

@test "records come before the end of input" {
  serve
  mkfifo lines records
  dnsq "$at" --stdin -q <lines >records 3>&- &
  exec {lines}>lines {records}<records
  echo host.example >&"$lines"
  read -r -t 20 record <&"$records"
  [[ $record == host.example.* ]]
  exec {lines}>&- {records}<&-
  wait $!
}

@test "--rate spreads questions over time" {
  serve
  start=$(date +%s%N)
  names 500 | dnsq "$at" --stdin --rate 1000 -q >records
  (($(date +%s%N) - start >= 400000000))
  complete records 500
}

@test "--short prints data alone, a line for each question" {
  serve
  printf 'host.example\nabsent.example\n' | dnsq "$at" --stdin --short --ordered -q >records 2>said || [ $? -eq 3 ]
  [ "$(cat records)" = "$(printf '192.0.2.1\n\n.')" ] || [ "$(cat -A records)" = "$(printf '192.0.2.1$\n$')" ]
  grep -q 'absent.example.: NXDOMAIN' said
}

@test "--json prints an object a line" {
  serve
  printf 'host.example\nabsent.example\na..b\n' | dnsq "$at" --stdin --json --ordered -q >records || [ $? -eq 2 ]
  python3 - <<'END'
import json
first, second, third = map(json.loads, open("records"))
assert first["answerRRs"][0]["rdataA"] == "192.0.2.1", first
assert second["RCODE"] == 3, second
assert third["status"] == "INVALID" and third["line"] == "a..b", third
END
}

@test "a closed pipe ends it by SIGPIPE, in silence" {
  serve
  names 5000 >lines
  run --separate-stderr bash -c 'set -o pipefail; "$EVTOOL" dnsq "$1" -f lines -q | head -n 1' bash "$at"
  [ "$status" -eq 141 ]
  [ -z "$stderr" ]
}

@test "nobody at the port: every line says so, soon" {
  names 50 | dnsq @127.0.0.1:1 --stdin -q >records || [ $? -eq 9 ]
  complete records 50
  [ "$(grep -c UNREACHABLE records)" -eq 50 ]
}

@test "an input that cannot be read is an error" {
  run --separate-stderr dnsq @127.0.0.1:1 -f /nonexistent
  one_line 1 "evtool dnsq: /nonexistent: No such file or directory"
  run --separate-stderr dnsq @127.0.0.1:1 -f /
  [ "$status" -eq 1 ]
}

@test "wrong command lines are said in one line" {
  run --separate-stderr dnsq @127.0.0.1:1 --stdin --concurrency 0
  one_line 2 "evtool dnsq: --concurrency: '0' is not between 1 and 50000"
  run --separate-stderr dnsq @127.0.0.1:1 --stdin host.example
  one_line 2 "evtool dnsq: names are read from the file or standard input, not from the command line too"
  run --separate-stderr dnsq @127.0.0.1:1 --stdin --x20
  one_line 2 "evtool dnsq: option '--x20' is not for many questions"
  run --separate-stderr dnsq @127.0.0.1:1 --ordered host.example
  one_line 2 "evtool dnsq: option '--ordered' needs '--stdin' or '--file'"
}
