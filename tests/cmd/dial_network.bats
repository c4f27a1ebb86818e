#!/usr/bin/env bats
# dial in networks that misbehave: names that are answered late or never, addresses that are dead in every way. Needs
# root: each test makes a network of its own.
load common

setup() {
  cd "$BATS_TEST_TMPDIR"
  ((EUID == 0)) || skip "a network of one's own needs root"
  status=0
  "$BATS_TEST_DIRNAME/network" -- true || status=$?
  [ "$status" -ne 77 ] || skip "no network namespaces here"
  [[ -z $EVT_SANITIZE ]] && slack=1 || slack=20
}

# in_network RULE… -- WORD…: runs dial with these words; $took is how many milliseconds that was.
in_network() {
  local rules=()
  while [[ $1 != -- ]]; do rules+=("$1") && shift; done
  shift
  run --separate-stderr "$BATS_TEST_DIRNAME/network" "${rules[@]}" -- "$EVTOOL" dial "$@" 9>took
  took=$(<took)
  echo "status $status, took $took ms, stdout '$output', stderr '$stderr'"
}

# within MILLISECONDS RULE… -- WORD…: the same, and it took no longer. A machine may be busy: one time of five counts.
within() {
  local limit=$1
  shift
  for _ in {1..5}; do
    in_network "$@"
    ((took > limit * slack)) || return 0
  done
  return 1
}

@test "an AAAA that is never answered delays the connection by 50 ms, no more" {
  within 120 "host www.test a=192.0.2.1 aaaa=drop" "listen 192.0.2.1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
  ((took >= 50))
}

@test "an A that is never answered delays nothing" {
  within 50 "host www.test a=drop aaaa=2001:db8::1" "listen 2001:db8::1 80" -- www.test 80
  [ "$output" = "hello from 2001:db8::1" ]
}

@test "an AAAA that comes late delays the connection by 50 ms, no more" {
  within 120 "host www.test a=192.0.2.1 aaaa=2001:db8::1 aaaa_ms=700" "listen 192.0.2.1 80" "listen 2001:db8::1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
}

@test "an AAAA that comes a little late is the one that is taken" {
  within 70 "host www.test a=192.0.2.1 aaaa=2001:db8::1 aaaa_ms=20" "listen 192.0.2.1 80" "listen 2001:db8::1 80" -- www.test 80
  [ "$output" = "hello from 2001:db8::1" ]
}

@test "a name that is in both families is connected over IPv6, and asks IPv4 for nothing" {
  within 50 "host www.test a=192.0.2.1 aaaa=2001:db8::1" "listen 192.0.2.1 80" "listen 2001:db8::1 80" -- -v www.test 80
  [ "$output" = "hello from 2001:db8::1" ]
  [ "$stderr" = "evtool dial: connected to [2001:db8::1]:80" ]
}

@test "a black hole in IPv6 delays IPv4 by 250 ms" {
  within 320 "host www.test a=192.0.2.1 aaaa=2001:db8::dead" "listen 192.0.2.1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
  ((took >= 250))
}

@test "an IPv6 that refuses delays nothing" {
  within 50 "host www.test a=192.0.2.1 aaaa=2001:db8::1" "listen 192.0.2.1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
}

@test "an IPv4 that refuses while IPv6 is a black hole: IPv6 goes on, and all is told at the end" {
  within 700 "host www.test a=192.0.2.1 aaaa=2001:db8::dead" -- -t 600ms www.test 80
  [ "$status" -eq 124 ]
  [ "${stderr_lines[0]}" = "evtool dial: www.test port 80: timed out" ]
  [[ ${stderr_lines[1]} == "evtool dial:   [2001:db8::dead]:80: no answer after "* ]]
  [[ ${stderr_lines[2]} == "evtool dial:   192.0.2.1:80: Connection refused after "* ]]
}

@test "of fifty addresses that refuse each is told" {
  local addresses
  addresses=$(printf '127.0.0.%s,' {1..50})
  within 200 "host www.test a=${addresses%,} aaaa=none" -- www.test 80
  [ "$status" -eq 7 ]
  [ "$(grep -c 'Connection refused after' <<<"$stderr")" -eq 50 ]
}

@test "fifty addresses that do not answer give way to one that does" {
  local addresses
  addresses=$(printf '198.51.100.%s,' {101..150})
  within 13500 "host www.test a=${addresses}192.0.2.1 aaaa=none" "listen 192.0.2.1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
}

@test "a network that cannot be reached is told at once" {
  within 50 "host www.test a=203.0.113.1 aaaa=2001:db8:ffff::1" -- www.test 80
  [ "$status" -eq 7 ]
  [[ $stderr == *"203.0.113.1:80: Network is unreachable"* ]]
  [[ $stderr == *"[2001:db8:ffff::1]:80: Network is unreachable"* ]]
}

@test "the servers of a service are tried by priority" {
  within 100 "srv _web._tcp.test 10 0 81 second.test" "srv _web._tcp.test 1 0 80 first.test" "host first.test a=192.0.2.1" \
    "host second.test a=198.51.100.1" "listen 198.51.100.1 81" -- srv:_web._tcp.test
  [ "$output" = "hello from 198.51.100.1" ]
}

@test "a name that nobody knows exits 6, one that nobody answers for 124" {
  in_network -- www.test 80
  [ "$status" -eq 6 ]
  [ "$stderr" = "evtool dial: www.test: No such name" ]
  within 300 "host www.test a=drop aaaa=drop" -- -t 200ms www.test 80
  [ "$status" -eq 124 ]
  [[ $stderr == *"www.test AAAA: no answer"*"www.test A: no answer"* ]]
}

@test "without IPv6 in the machine IPv4 is connected, and without servers /etc/hosts still counts" {
  within 50 "host www.test a=192.0.2.1 aaaa=2001:db8:ffff::1" "listen 192.0.2.1 80" -- www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
  in_network "listen 127.0.0.1 80" -- localhost 80
  [ "$output" = "hello from 127.0.0.1" ]
}

@test "--bind takes the family of its address and asks for no other" {
  in_network "host www.test a=192.0.2.1 aaaa=2001:db8::1" "listen 192.0.2.1 80" "listen 2001:db8::1 80" -- \
    --bind 198.51.100.1 --trace-dial www.test 80
  [ "$output" = "hello from 192.0.2.1" ]
  [[ $stderr != *AAAA* ]]
}

@test "--wait looks names up as the machine is set up by then" {
  run --separate-stderr "$BATS_TEST_DIRNAME/network" "host www.test a=192.0.2.1" "listen 192.0.2.1 80" -- bash -c '
    echo "nameserver 203.0.113.1" >/etc/resolv.conf
    (sleep 0.5; echo "nameserver 127.0.0.1" >/etc/resolv.conf) &
    "$1" dial --wait 10s --every 100ms www.test 80' _ "$EVTOOL"
  [ "$status" -eq 0 ]
  [ "$output" = "hello from 192.0.2.1" ]
}

@test "LOCALDOMAIN and RES_OPTIONS count, but not for a program with more rights than its user" {
  local folder
  folder=$(mktemp -d)
  chmod 755 "$folder"
  cp "$EVTOOL" "$folder/evtool"
  chmod 4755 "$folder/evtool"
  run --separate-stderr "$BATS_TEST_DIRNAME/network" "host www.test a=192.0.2.1" "listen 192.0.2.1 80" -- \
    setpriv --reuid 65534 --regid 65534 --clear-groups env LOCALDOMAIN=test RES_OPTIONS=ndots:0 "$EVTOOL" dial www 80
  [ "$output" = "hello from 192.0.2.1" ]
  run --separate-stderr "$BATS_TEST_DIRNAME/network" "host www.test a=192.0.2.1" "listen 192.0.2.1 80" -- \
    setpriv --reuid 65534 --regid 65534 --clear-groups env LOCALDOMAIN=test sh -c '"$1" dial www 80; echo "$?"' _ "$folder/evtool"
  rm -r "$folder"
  [ "${lines[-1]}" = 6 ]
}
