#!/usr/bin/env bats
# dnsq with the questions of a command line: what it prints, where, and its exit codes.
load common
load dnsq

setup() { serve; }
teardown() { stop_servers; }

@test "an answer is printed, and 0 is its exit code" {
  run --separate-stderr dnsq "$at" host.example
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  [[ $output == *"status: NOERROR"* ]]
  [[ $output == *"host.example."*"300"*"IN"*"A"*"192.0.2.1"* ]]
  [[ $output == *";; SERVER: 127.0.0.1#${at##*:}(127.0.0.1) (UDP)"* ]]
}

@test "--short prints data alone" {
  run --separate-stderr dnsq "$at" host.example --short
  [ "$status" -eq 0 ]
  [ "$output" = 192.0.2.1 ]
  run --separate-stderr dnsq "$at" +short host.example
  [ "$output" = 192.0.2.1 ]
}

@test "--answer and +noall +answer print the answer section alone" {
  run --separate-stderr dnsq "$at" host.example --answer
  first=$output
  [ "$first" = "$(printf 'host.example.\t\t300\tIN\tA\t192.0.2.1')" ]
  run --separate-stderr dnsq "$at" host.example +noall +answer
  [ "$output" = "$first" ]
}

@test "each fate has its exit code" {
  run -3 dnsq "$at" absent.example
  run -4 dnsq "$at" failing.example
  run -4 dnsq "$at" denied.example
  run -0 dnsq "$at" empty.example
  run -5 dnsq "$at" garbled.example
  run -9 dnsq "$at" silent.example --timeout 50ms --tries 1
  run -9 dnsq @127.0.0.1:1 host.example --timeout 1s
}

@test "of several questions the worst counts" {
  run -3 dnsq "$at" host.example absent.example
  run -4 dnsq "$at" absent.example failing.example host.example
  run -5 dnsq "$at" garbled.example failing.example
  run -9 dnsq "$at" silent.example garbled.example --timeout 50ms --tries 1
}

@test "--short is not silent about a failure" {
  run --separate-stderr dnsq "$at" absent.example +short
  [ "$status" -eq 3 ]
  [ -z "$output" ]
  [ "$stderr" = "evtool dnsq: absent.example. A: NXDOMAIN" ]
}

@test "silence is said with the servers that kept it" {
  run --separate-stderr dnsq "$at" silent.example --timeout 50ms --tries 2
  [ "$status" -eq 9 ]
  [ "$stderr" = "evtool dnsq: silent.example. A: no reply from ${at#@}" ]
}

@test "what is truncated is asked for over TCP, unless that is not wanted" {
  run --separate-stderr dnsq "$at" long.example
  [[ $output == *"Truncated, retrying in TCP mode"* ]]
  [[ $output == *192.0.2.1* ]]
  [[ $output == *"(TCP)"* ]]
  run --separate-stderr dnsq "$at" long.example --ignore-tc
  [[ $output == *"flags: qr tc rd ra"* ]]
  [[ $output != *192.0.2.1* ]]
  run --separate-stderr dnsq "$at" host.example --tcp
  [[ $output == *"(TCP)"* ]]
}

@test "each name is asked for with each type behind it" {
  run --separate-stderr dnsq "$at" a.example b.example A TXT c.example MX +noall +question
  [ "$status" -eq 0 ]
  [ "$(awk '{print $1, $3}' <<<"$output")" = ";a.example. A
;a.example. TXT
;b.example. A
;b.example. TXT
;c.example. MX" ]
}

@test "-x asks for the names of addresses" {
  run --separate-stderr dnsq "$at" -x 192.0.2.7 -x 2001:db8::1 +noall +question
  [ "$(awk '{print $1, $3}' <<<"$output")" = ";7.2.0.192.in-addr.arpa. PTR
;1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR" ]
}

@test "--search uses the search list, --ndots says when" {
  asked() { dnsq "$at" "$@" --timeout 2s +noall +question | awk '{print $1}'; }
  export LOCALDOMAIN="absent.zone zone"
  [ "$(asked host)" = ";host." ]
  [ "$(asked host --search)" = ";host.absent.zone." ]
  [ "$(asked absent --search)" = ";absent." ]
  [ "$(asked a.b --search)" = ";a.b." ]
  [ "$(asked a.b --search --ndots 2)" = ";a.b.absent.zone." ]
  [ "$(RES_OPTIONS=ndots:2 asked a.b --search)" = ";a.b.absent.zone." ]
  [ "$(asked host. --search)" = ";host." ]
}

@test "--x20 is taken by a server that repeats what it was asked" {
  run -0 --separate-stderr dnsq "$at" averylongnameofmanyletters.example --x20 +noall +question
  [[ ${output,,} == ";averylongnameofmanyletters.example."* ]]
  [ "$output" != "${output,,}" ]
}

@test "names of other scripts are asked for in ASCII" {
  run --separate-stderr dnsq "$at" bücher.example +noall +question
  [[ $output == ";xn--bcher-kva.example."* ]]
}

@test "no control character of an answer reaches the terminal" {
  run --separate-stderr dnsq "$at" evil.example TXT
  [ "$status" -eq 0 ]
  [[ $output == *end* ]]
  run ! grep -P '[\x00-\x08\x0b-\x1f\x7f-\xff]' <<<"$output"
  run --separate-stderr dnsq "$at" evil.example TXT --json
  run ! grep -P '[\x00-\x08\x0b-\x1f\x7f-\xff]' <<<"$output"
}

@test "--json is one object in the shape of RFC 8427" {
  run --separate-stderr dnsq "$at" host.example absent.example --json
  [ "$status" -eq 3 ]
  python3 - "$output" <<'END'
import json, sys
report = json.loads(sys.argv[1])
assert report["schema"] == 1 and report["tool"] == "dnsq", report
first, second = report["result"]
assert first["message"]["answerRRs"][0]["rdataA"] == "192.0.2.1", first
assert first["message"]["QNAME"] == "host.example." and first["transport"] == "udp", first
assert second["message"]["RCODE"] == 3, second
END
}

@test "a refusal goes on to the next server" {
  run --separate-stderr dnsq @127.0.0.1:1 "$at" host.example +short
  [ "$status" -eq 0 ]
  [ "$output" = 192.0.2.1 ]
}

@test "wrong command lines are said in one line, with the word" {
  wrong() {
    run --separate-stderr dnsq "${@:2}"
    one_line 2 "evtool dnsq: $1"
  }
  wrong "missing operand: NAME, or --stdin"
  wrong "'+nonsense' is unknown" +nonsense host.example
  wrong "'+time=soon' is not a number; expected a duration such as 250ms, 5s or 1m30s" +time=soon host.example
  wrong "'@' needs a server behind it" @ host.example
  wrong "--type: 'NOPE' is no record type" -t NOPE host.example
  wrong "'AXFR': zone transfers are not supported" host.example AXFR
  wrong "-x: 'host' is no address; expected 192.0.2.1 or 2001:db8::1" -x host
  wrong "--subnet: '192.0.2.0/33' is no subnet; expected 192.0.2.0/24 or 2001:db8::/56" --subnet 192.0.2.0/33 host.example
  wrong "options '-4' and '-6' exclude each other" -4 -6 host.example
  wrong "--tries: '0' would ask nobody" --tries 0 host.example
}

@test "servers that can be none are refused, and TLS is not in" {
  for server in 127.0.0.1:99999 127.0.0.1:x 127.0.0.1: '[::1' '127.0.0.1#53' fe80::1%nope 127.0.0.1:0; do
    run --separate-stderr dnsq "@$server" host.example
    one_line 2 "evtool dnsq: '@$server' is no server; expected an address or a name, with or without :PORT"
  done
  run --separate-stderr dnsq @tls:192.0.2.1 host.example
  one_line 2 "evtool dnsq: '@tls:192.0.2.1': TLS is not supported yet"
  run --separate-stderr dnsq "$at" --tls host.example
  one_line 2 "evtool dnsq: option '--tls': TLS is not supported yet"
  run --separate-stderr dnsq "$at" +https host.example
  one_line 2 "evtool dnsq: '+https' asks for TLS, which is not supported yet"
}

@test "a server may be named, with its port" {
  run -0 --separate-stderr dnsq "@localhost:${at##*:}" host.example +short
  [ "$output" = 192.0.2.1 ]
}

@test "a type that is named counts for -x too" {
  run --separate-stderr dnsq "$at" -x 192.0.2.7 TXT +noall +question
  [[ $output == *IN*TXT ]]
  run --separate-stderr dnsq "$at" -t TXT -x 192.0.2.7 +noall +question
  [[ $output == *IN*TXT ]]
}

@test "the last of dig's words wins" {
  run -0 --separate-stderr dnsq "$at" host.example +short +noall
  [ -z "$output" ]
  run -0 --separate-stderr dnsq "$at" host.example +noall +short
  [ "$output" = 192.0.2.1 ]
  run -0 --separate-stderr dnsq "$at" host.example +subnet=10.1/16 +subnet=0 +nosubnet +tries=0 +time=0 +short
  [ "$output" = 192.0.2.1 ]
}

@test "ANY is asked over TCP" {
  run -0 --separate-stderr dnsq "$at" host.example ANY
  [[ $output == *"(TCP)"* ]]
  [[ $output != *Truncated* ]]
}

@test "names that are none are refused" {
  for name in a..b "$(printf 'x%.0s' {1..64}).example" .b; do
    run --separate-stderr dnsq "$at" "$name"
    [ "$status" -eq 2 ]
    [[ $stderr == "evtool dnsq: '$name': "* ]]
  done
}

@test "a full standard output is not success" {
  [ -e /dev/full ] || skip "no /dev/full"
  run --separate-stderr bash -c '"$EVTOOL" dnsq "$1" host.example >/dev/full' bash "$at"
  [ "$status" -eq 1 ]
  [ "$stderr" = "evtool dnsq: standard output: No space left on device" ]
}
