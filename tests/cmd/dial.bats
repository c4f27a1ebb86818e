#!/usr/bin/env bats
# dial: who is connected to whom, both directions, and why not. Networks that misbehave: dial_network.bats.
load common
load dial

setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { stop_servers; }

@test "what stands on standard input is sent, and what is received goes to standard output" {
  serve tcp 'cat'
  head -c 3000000 /dev/urandom >input
  "$EVTOOL" dial 127.0.0.1 "$port" <input >output
  cmp input output
}

@test "the end of standard input is told, and the answer still comes" {
  serve tcp 'wc -c; echo end'
  run --separate-stderr "$EVTOOL" dial localhost:"$port" <<<hello
  [ "$status" -eq 0 ]
  [ "$output" = $'6\nend' ]
  [ -z "$stderr" ]
}

@test "a server that talks first and is done with it ends nothing that we still send" {
  serve tcp 'echo first; exec >&-; cat >got'
  (eventually grep -qx first output && echo last) | "$EVTOOL" dial 127.0.0.1 "$port" >output
  [ "$(<output)" = first ]
  eventually grep -qx last got
}

@test "a web server answers, by name, by endpoint and by URL" {
  serve_http
  for words in "localhost $port" "127.0.0.1:$port" "tcp:localhost:$port" "http://127.0.0.1:$port/x" "tcp://[::ffff:127.0.0.1]:$port"; do
    # shellcheck disable=SC2086
    printf 'GET / HTTP/1.0\r\n\r\n' | "$EVTOOL" dial $words >output
    grep -q '^hello from nginx' output
  done
}

@test "unix sockets are reached by path and by abstract name" {
  serve unix 'cat' "$PWD/socket"
  run --separate-stderr "$EVTOOL" dial -U "$PWD/socket" <<<one
  [ "$output" = one ]
  run --separate-stderr "$EVTOOL" dial unix:"$PWD/socket" <<<two
  [ "$output" = two ]
  serve abstract 'cat' "evt-dial-$$-$BATS_TEST_NUMBER"
  run --separate-stderr "$EVTOOL" dial "unix:@evt-dial-$$-$BATS_TEST_NUMBER" <<<three
  [ "$output" = three ]
}

@test "datagrams go both ways, and -w ends what has no end" {
  serve udp 'cat'
  run --separate-stderr "$EVTOOL" dial -u -w 1s 127.0.0.1 "$port" <<<ping
  [ "$status" -eq 0 ]
  [ "$output" = ping ]
}

@test "-l waits for one connection, on the loopback address, and says where" {
  echo from-listener | "$EVTOOL" dial -l --print-addr 0 >got 2>said &
  eventually grep -q 'listening on 127.0.0.1:' said
  run --separate-stderr "$EVTOOL" dial 127.0.0.1 "$(sed 's/.*://' said)" <<<from-dialer
  [ "$output" = from-listener ]
  wait $!
  [ "$(<got)" = from-dialer ]
}

@test "-l takes datagrams from whoever comes first, and paths, which it removes" {
  "$EVTOOL" dial -l -u --print-addr -w 500ms 0 </dev/null >got 2>said &
  eventually grep -q 'listening on' said
  "$EVTOOL" dial -u -w 100ms 127.0.0.1 "$(sed -n 's/.*listening on .*://p' said)" <<<hello
  wait $!
  [ "$(<got)" = hello ]
  "$EVTOOL" dial -l -U "$PWD/path" </dev/null >got 2>/dev/null &
  eventually test -S path
  [ "$(stat -c %a path)" = 600 ]
  "$EVTOOL" dial -U path <<<there
  wait $!
  [ "$(<got)" = there ]
  [ ! -e path ]
}

@test "-l takes no path that is somebody's, and removes none that became another's" {
  serve unix 'echo mine' "$PWD/taken"
  run --separate-stderr "$EVTOOL" dial -l -U "$PWD/taken" </dev/null
  one_line 1 "evtool dial: unix:$PWD/taken: Address already in use"
  run --separate-stderr "$EVTOOL" dial -U "$PWD/taken" </dev/null
  [ "$output" = mine ]
  "$EVTOOL" dial -l -U "$PWD/moved" </dev/null >got 2>/dev/null &
  eventually test -S moved
  mv moved elsewhere
  echo another >moved
  "$EVTOOL" dial -U elsewhere </dev/null
  wait $!
  [ "$(<moved)" = another ]
}

@test "-l gives up after -t" {
  run --separate-stderr "$EVTOOL" dial -l -t 50ms 0
  one_line 124 "evtool dial: nobody came within 50.0 ms"
}

@test "a refusal is told with its address and exits 7" {
  run -7 --separate-stderr "$EVTOOL" dial 127.0.0.1 "$(closed_port)" </dev/null
  [[ $stderr == "evtool dial: 127.0.0.1:"*": Connection refused" ]]
  [ -z "$output" ]
  run -7 --separate-stderr "$EVTOOL" dial -U ./nowhere </dev/null
  [ "$stderr" = "evtool dial: unix:./nowhere: No such file or directory" ]
}

@test "a name that is nowhere exits 6 and asks nobody for .invalid and .onion" {
  needs_strace
  for name in www.invalid x.onion 1.2.3.4.5; do
    run -6 --separate-stderr strace -f -qq -e trace=sendto,sendmsg,sendmmsg,connect -o calls "$EVTOOL" dial "$name" 80 </dev/null
    [[ $stderr == "evtool dial: $name: "* ]]
    run ! grep -q 'htons(53)' calls
  done
}

@test "addresses are never looked up, in none of their forms" {
  needs_strace
  serve tcp 'echo yes'
  for host in 127.0.0.1 127.1 2130706433 0x7f000001 '[::ffff:127.0.0.1]' ::ffff:127.0.0.1; do
    strace -f -qq -e trace=openat,open -o calls "$EVTOOL" dial "$host" "$port" </dev/null >output
    [ "$(<output)" = yes ]
    run ! grep -q resolv.conf calls
  done
}

@test "-t ends a connection that nobody answers, with 124 and every address" {
  full_listener
  run --separate-stderr "$EVTOOL" dial -t 100ms 127.0.0.1 "$port" </dev/null
  [ "$status" -eq 124 ]
  [ "${stderr_lines[0]}" = "evtool dial: 127.0.0.1 port $port: timed out" ]
  [[ ${stderr_lines[1]} == "evtool dial:   127.0.0.1:$port: no answer after "* ]]
  run -7 --separate-stderr "$EVTOOL" dial --attempt-timeout 50ms 127.0.0.1 "$port" </dev/null
  [ "$stderr" = "evtool dial: 127.0.0.1:$port: Connection timed out" ]
}

@test "--wait tries until it is up, and gives up in time" {
  local port
  port=$(closed_port)
  # The first try is over, without success, when somebody listens.
  (eventually grep -q refused said && exec socat -u TCP-LISTEN:"$port",bind=127.0.0.1 CREATE:got) 3>&- &
  "$EVTOOL" dial --wait 10s --every 50ms --trace-dial 127.0.0.1 "$port" <<<up 2>said
  wait $!
  [ "$(<got)" = up ]
  run --separate-stderr "$EVTOOL" dial -z --wait 200ms --every 50ms 127.0.0.1 "$port"
  [ "$status" -eq 124 ]
  [[ $stderr == *"Connection refused"*"not up after 200 ms" ]]
}

@test "-z only connects, says nothing, and reads nothing" {
  serve tcp 'cat'
  run --separate-stderr bash -c '"$1" dial -z 127.0.0.1 "$2"; cat' _ "$EVTOOL" "$port" <<<data
  [ "$status" -eq 0 ]
  [ "$output" = data ]
  [ -z "$stderr" ]
  run --separate-stderr "$EVTOOL" dial -zv 127.0.0.1 "$port"
  one_line 0 "evtool dial: connected to 127.0.0.1:$port"
}

@test "-z of a range prints those that are open" {
  serve tcp 'cat'
  run --separate-stderr "$EVTOOL" dial -z 127.0.0.1 $((port - 1))-$((port + 1))
  [ "$status" -eq 0 ]
  grep -qx "127.0.0.1:$port" <<<"$output"
  run --separate-stderr "$EVTOOL" dial -z 127.0.0.1 1-3
  one_line 7 ""
  run --separate-stderr "$EVTOOL" dial 127.0.0.1 1-3
  one_line 2 "evtool dial: '1-3': a range of ports needs option '-z'"
}

@test "-z -u finds that a port is closed" {
  serve udp 'cat'
  run --separate-stderr "$EVTOOL" dial -zu -w 100ms 127.0.0.1 "$port"
  one_line 0 ""
  run --separate-stderr "$EVTOOL" dial -zu 127.0.0.1 1
  one_line 7 "evtool dial: 127.0.0.1:1: Connection refused"
}

@test "--trace-dial shows lookups and attempts on standard error" {
  serve tcp 'cat'
  run --separate-stderr "$EVTOOL" dial -z --trace-dial localhost "$port"
  [ "$status" -eq 0 ]
  [[ $stderr == *": lookup of localhost AAAA"* ]]
  [[ $stderr == *": lookup of localhost A: 127.0.0.1:$port"* ]]
  [[ ${stderr_lines[-1]} == *": connect to 127.0.0.1:$port: connected after "* ]]
}

@test "--json tells every lookup and attempt, and who won" {
  serve tcp 'cat'
  "$EVTOOL" dial -z --json localhost "$port" >report
  python3 - report "$port" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))["result"]
assert result["connected"] and result["peer"] == "127.0.0.1:" + sys.argv[2], result
assert {lookup["type"] for lookup in result["lookups"]} == {"A", "AAAA"}, result
winners = [attempt for attempt in result["attempts"] if attempt["winner"]]
assert len(winners) == 1 and winners[0]["address"] == result["peer"], result
assert winners[0]["duration_ns"] > 0, result
END
  run --separate-stderr "$EVTOOL" dial --json 127.0.0.1 "$port" </dev/null
  one_line 2 "evtool dial: option '--json' needs '--json-file' here: standard output carries data"
  run --separate-stderr "$EVTOOL" dial --json-file=report 127.0.0.1 "$port" <<<five
  [ "$output" = five ]
  grep -q '"sent_bytes":5,"received_bytes":5' report
}

@test "--bind says where from, and the other family is left out" {
  serve tcp 'echo "$SOCAT_PEERADDR"'
  run --separate-stderr "$EVTOOL" dial --bind 127.0.0.9 localhost "$port" </dev/null
  [ "$output" = 127.0.0.9 ]
  run -7 --separate-stderr "$EVTOOL" dial --bind 192.0.2.1 127.0.0.1 "$port" </dev/null
  [[ $stderr == *"Cannot assign requested address" ]]
  run --separate-stderr "$EVTOOL" dial -6 --bind 127.0.0.9 localhost "$port"
  one_line 2 "evtool dial: bind: '127.0.0.9' is of the other family"
}

@test "-4 and -6 take their family only" {
  serve tcp 'echo yes'
  run --separate-stderr "$EVTOOL" dial -4 localhost "$port" </dev/null
  [ "$output" = yes ]
  run -6 --separate-stderr "$EVTOOL" dial -6 127.0.0.1 "$port" </dev/null
  [[ $stderr == "evtool dial: 127.0.0.1:$port: Address family not supported"* ]]
}

@test "a peer that resets the connection is an error, and never SIGPIPE" {
  serve tcp 'head -c 1 >/dev/null'
  run --separate-stderr bash -c 'yes | "$1" dial 127.0.0.1 "$2"; exit "${PIPESTATUS[1]}"' _ "$EVTOOL" "$port"
  [ "$status" -eq 1 ]
  [[ $stderr == "evtool dial: connection: "* ]]
}

@test "a reader of standard output that goes away ends it by SIGPIPE" {
  serve tcp 'yes'
  run --separate-stderr bash -c '"$1" dial 127.0.0.1 "$2" </dev/null | head -c 1 >/dev/null; exit "${PIPESTATUS[0]}"' _ "$EVTOOL" "$port"
  [ "$status" -eq 141 ]
  [ -z "$stderr" ]
  serve tcp 'echo much'
  run --separate-stderr bash -c '"$1" dial 127.0.0.1 "$2" </dev/null >/dev/full' _ "$EVTOOL" "$port"
  one_line 1 "evtool dial: standard output: No space left on device"
}

@test "SIGUSR1 prints a line and ends nothing" {
  serve tcp 'cat'
  mkfifo hold
  "$EVTOOL" dial 127.0.0.1 "$port" <hold >got 2>said &
  local dial=$!
  exec 7>hold
  echo 12345 >&7
  eventually grep -q 12345 got
  kill -USR1 "$dial"
  eventually grep -qx 'evtool dial: sent 6 B, received 6 B' said
  exec 7>&-
  wait "$dial"
}

@test "at a terminal the end of the other side is the end" {
  serve tcp 'echo bye'
  run timeout 10 python3 -c 'import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(fd, 1024)
    except OSError:
        break
    if not data: break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$EVTOOL" dial 127.0.0.1 "$port"
  [ "$status" -eq 0 ]
  [[ $output == *bye* ]]
}

@test "wrong command lines are refused in one line" {
  refuses() {
    local message=$1
    shift
    run --separate-stderr "$EVTOOL" dial "$@"
    one_line 2 "evtool dial: $message"
  }
  refuses "'x y' is no port; expected 0 to 65535, a service of /etc/services, or FIRST-LAST" localhost 'x y'
  refuses "'localhost' is no endpoint; expected HOST:PORT, tcp:, udp:, unix:, srv:, fd:, file:, pipe:, exec:, sh:, stdio, - or a listener such as tcp-listen:PORT" localhost
  refuses "'exec:ls': dial connects to tcp, udp, unix and srv endpoints" exec:ls
  refuses "'tcp-listen:80' listens; option '-l' is for that" tcp-listen:80
  refuses "'https://localhost': TLS is not supported yet" https://localhost
  refuses "'tls:localhost:443': TLS is not supported yet" tls:localhost:443
  refuses "options -4 and -6 exclude each other" -46 localhost 80
  refuses "option '--every' needs --wait" --every 1s localhost 80
  refuses "option '--wait' is for connecting, not for -l" -l --wait 1s 80
  refuses "option '--proxy': 'ftp://x' is no proxy; expected socks5://[USER:PASSWORD@]HOST[:PORT] or http://…" --proxy ftp://x localhost 80
  refuses "option '--proxy' needs a host and a port" --proxy socks5://x unix:/x
}
