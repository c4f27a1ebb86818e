#!/usr/bin/env bats
# Which backend a run gets, and that the reason is told.
load common

setup() {
  unset EVTOOL_BACKEND
  cd "$BATS_TEST_TMPDIR"
}

# runs_on BACKEND REASON COMMAND…: the words before the probe's own may be another program that runs it.
runs_on() {
  local expected="evtool probe: backend=$1 reason=\"$2\" "
  shift 2
  run --separate-stderr "$@" -q --stats --nops=3
  echo "status $status, stderr '$stderr'"
  [ "$status" -eq 0 ]
  [[ $stderr == "$expected"* ]]
  [[ $stderr == *" operations=nop:3 "* ]]
}

@test "io_uring is chosen by itself where there is one" {
  needs_io_uring
  run --separate-stderr "$probe" -q --stats --nops=3
  [[ $stderr == 'evtool probe: backend=io_uring reason="io_uring'* ]]
}

@test "--backend and EVTOOL_BACKEND choose, the option wins" {
  runs_on epoll epoll "$probe" --backend=epoll
  runs_on epoll epoll env EVTOOL_BACKEND=epoll "$probe"
  needs_io_uring
  run --separate-stderr env EVTOOL_BACKEND=epoll "$probe" -q --stats --nops=3 --backend=io_uring
  [[ $stderr == "evtool probe: backend=io_uring "* ]]
  run --separate-stderr env EVTOOL_BACKEND= "$probe" -q --stats --nops=3
  [[ $stderr == "evtool probe: backend=io_uring "* ]]
}

@test "an unknown backend is a usage error, from the option and from the environment" {
  run --separate-stderr "$EVTOOL" cat --backend=kqueue
  one_line 2 "evtool cat: --backend: 'kqueue' is none of auto, io_uring and epoll"
  run --separate-stderr env EVTOOL_BACKEND=sim "$EVTOOL" cat
  one_line 2 "evtool cat: EVTOOL_BACKEND: 'sim' is none of auto, io_uring and epoll"
}

@test "where io_uring_setup is refused epoll does the work, and the reason is told" {
  runs_on epoll "epoll (io_uring_setup: Operation not permitted)" "$deny" EPERM "$probe"
  runs_on epoll "epoll (io_uring_setup: Function not implemented)" "$deny" ENOSYS "$probe"
  runs_on epoll "epoll (io_uring_setup: Cannot allocate memory)" "$deny" ENOMEM "$probe"
  run --separate-stderr "$deny" EPERM "$probe" -q --verbose --nops=1
  [ "$stderr" = "evtool probe: backend epoll (io_uring_setup: Operation not permitted)" ]
}

@test "where io_uring_setup is refused and asked for by name the run fails loudly" {
  run --separate-stderr "$deny" EPERM "$probe" -q --nops=1 --backend=io_uring
  one_line 1 "evtool probe: backend io_uring: io_uring_setup: Operation not permitted"
  run --separate-stderr env EVTOOL_BACKEND=io_uring "$deny" ENOSYS "$probe" -q --nops=1
  one_line 1 "evtool probe: backend io_uring: io_uring_setup: Function not implemented"
}

@test "cat copies where io_uring_setup is refused" {
  head -c 300000 /dev/urandom >input
  "$deny" EPERM "$EVTOOL" cat input >output
  cmp input output
  "$deny" ENOSYS "$EVTOOL" cat <input | cmp input -
}

# as_user COMMAND…: unprivileged, whoever runs the tests, and without memory to lock.
as_user() {
  local user=()
  ((EUID != 0)) || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  # shellcheck disable=SC2016
  "${user[@]}" bash -c 'ulimit -l 0 && exec "$@"' _ "$@"
}

@test "an unprivileged user with RLIMIT_MEMLOCK=0 gets the same work done, and a reason" {
  as_user test -x "$probe" || skip "an unprivileged user cannot reach the build"
  run --separate-stderr as_user "$probe" -q --stats --nops=3
  echo "$stderr"
  [ "$status" -eq 0 ]
  [[ $stderr =~ ^evtool\ probe:\ backend=(io_uring|epoll)\ reason=\"(io_uring|epoll\ \(io_uring_setup:\ .+\)) ]]
  [[ $stderr == *" operations=nop:3 "* ]]
  runs_on epoll epoll as_user "$probe" --backend=epoll
  [ "$(as_user "$EVTOOL" cat <<<"some text")" = "some text" ]
}

@test "EVTOOL_BACKEND is ignored by a program with more privileges than its caller" {
  [[ -z ${EVT_SANITIZE-} ]] || skip "sanitizers and set-user-ID do not go together"
  ((EUID == 0)) || skip "needs root"
  # Not below BATS_TEST_TMPDIR, which only its owner may enter.
  folder=$(mktemp -d)
  [[ $(findmnt -no OPTIONS -T "$folder") != *nosuid* ]] || skip "nosuid"
  chmod 755 "$folder"
  install -m 4755 "$probe" "$folder/privileged"
  install -m 755 "$probe" "$folder/plain"
  run --separate-stderr as_user env EVTOOL_BACKEND=nonsense "$folder/privileged" -q
  local privileged=$status
  run --separate-stderr as_user env EVTOOL_BACKEND=nonsense "$folder/plain" -q
  rm -r "$folder"
  [ "$privileged" -eq 0 ]
  [ "$status" -eq 2 ]
}
