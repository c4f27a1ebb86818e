#!/usr/bin/env bats
# dial --proxy: what is asked of SOCKS 5 and HTTP proxies, and those that do not do what they should.
load common
load dial

setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { stop_servers; }

# proxy KIND [HOW [USER:PASSWORD]]: one on $proxy of 127.0.0.1.
proxy() {
  rm -f proxy.port asked
  "$BATS_TEST_DIRNAME/proxy" "$@" >proxy.port 2>proxy.said 3>&- &
  servers+=($!)
  eventually test -s proxy.port
  proxy=$(<proxy.port)
}

@test "a SOCKS 5 proxy is told the name, or the address, and carries both directions" {
  serve tcp 'wc -c; echo end'
  proxy socks5
  for host in some.name.test 127.0.0.1 ::1; do
    run --separate-stderr "$EVTOOL" dial --proxy "socks5://127.0.0.1:$proxy" $host "$port" <<<hello
    [ "$status" -eq 0 ]
    [ "$output" = $'6\nend' ]
  done
  [ "$(<asked)" = "3 some.name.test $port"$'\n'"1 127.0.0.1 $port"$'\n'"4 ::1 $port" ]
}

@test "an HTTP proxy is asked to CONNECT" {
  serve tcp 'wc -c'
  proxy http
  run --separate-stderr "$EVTOOL" dial --proxy "http://localhost:$proxy" some.name.test "$port" <<<hello
  [ "$output" = 6 ]
  run --separate-stderr "$EVTOOL" dial --proxy "http://localhost:$proxy" ::1 "$port" <<<hello
  [ "$output" = 6 ]
  [ "$(<asked)" = "CONNECT some.name.test:$port HTTP/1.1"$'\n'"CONNECT [::1]:$port HTTP/1.1" ]
}

@test "answers may come a byte at a time, and what follows them is data" {
  serve tcp 'echo first; cat'
  for kind in socks5 http; do
    for how in slow eager; do
      proxy $kind $how
      run --separate-stderr "$EVTOOL" dial --proxy "$kind://127.0.0.1:$proxy" name "$port" <<<second
      echo "$kind $how: $stderr"
      [ "$output" = $'first\nsecond' ]
    done
  done
}

@test "user and password are given to those that ask" {
  serve tcp 'echo yes'
  for kind in socks5 http; do
    proxy $kind honest me:secret
    run --separate-stderr "$EVTOOL" dial --proxy "$kind://me:secret@127.0.0.1:$proxy" name "$port" </dev/null
    [ "$output" = yes ]
    for who in me:wrong@ ''; do
      run -7 --separate-stderr "$EVTOOL" dial --proxy "$kind://${who}127.0.0.1:$proxy" name "$port" </dev/null
      [[ $stderr == "evtool dial: name port $port: proxy 127.0.0.1:$proxy: "* ]]
      [[ $stderr != *wrong* || $who == '' || $stderr == *"is wrong" ]]
    done
  done
}

@test "what a proxy says against it is told, and exits 7" {
  proxy socks5 refuse
  run -7 --separate-stderr "$EVTOOL" dial --proxy "socks5://127.0.0.1:$proxy" name 80 </dev/null
  [ "$stderr" = "evtool dial: name port 80: proxy 127.0.0.1:$proxy: connection refused" ]
  proxy http refuse
  run -7 --separate-stderr "$EVTOOL" dial --proxy "http://127.0.0.1:$proxy" name 80 </dev/null
  [ "$stderr" = "evtool dial: name port 80: proxy 127.0.0.1:$proxy: 403 Forbidden" ]
  run -7 --separate-stderr "$EVTOOL" dial --proxy "http://127.0.0.1:$(closed_port)" name 80 </dev/null
  [[ $stderr == *"127.0.0.1:"*": Connection refused" ]]
}

@test "a proxy that talks nonsense, leaves or says nothing ends in an error" {
  for kind in socks5 http; do
    proxy $kind garbage
    run -7 --separate-stderr "$EVTOOL" dial --proxy "$kind://127.0.0.1:$proxy" name 80 </dev/null
    [[ $stderr == *"it does not speak "* ]]
    proxy $kind quit
    run -7 --separate-stderr "$EVTOOL" dial --proxy "$kind://127.0.0.1:$proxy" name 80 </dev/null
    [[ $stderr == *"closed the connection"* || $stderr == *"reset"* ]]
    proxy $kind hang
    run --separate-stderr "$EVTOOL" dial -t 100ms --proxy "$kind://127.0.0.1:$proxy" name 80 </dev/null
    [ "$status" -eq 124 ]
  done
}
