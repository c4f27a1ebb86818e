#!/usr/bin/env bats
# cat where io_uring is refused, memory may not be locked, or the caller has ended or ignored something.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  unset EVTOOL_BACKEND
}

# as_user COMMAND…: unprivileged, whoever runs the tests, and without memory to lock.
as_user() {
  local user=()
  ((EUID != 0)) || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  # shellcheck disable=SC2016
  "${user[@]}" bash -c 'ulimit -l 0 && exec "$@"' _ "$@"
}

@test "where io_uring_setup is refused every way works, and --stats tells backend and reason" {
  for error in "EPERM Operation not permitted" "ENOSYS Function not implemented" "ENOMEM Cannot allocate memory"; do
    for option in -u --copy --tee=twin --rate-limit=1G; do
      "$deny" "${error%% *}" "$EVTOOL" cat "$option" random | cmp random -
    done
    cat random | "$deny" "${error%% *}" "$EVTOOL" cat --stats 2>said | cmp random -
    grep -F "evtool cat: backend=epoll reason=\"epoll (io_uring_setup: ${error#* })\" operations=" said
  done
}

@test "--stats names the backend asked for, and what it did" {
  "$EVTOOL" cat --backend=epoll --stats random 2>said | cmp random -
  grep -E '^evtool cat: backend=epoll reason="epoll" operations=[a-z_:0-9,]*splice:[0-9]+.* bytes_written=[1-9]' said
  needs_io_uring
  "$EVTOOL" cat --backend=io_uring --stats random 2>said | cmp random -
  grep -E '^evtool cat: backend=io_uring reason="io_uring' said
}

@test "--stats names a backend even where nothing had to be asked of it" {
  : >empty
  "$EVTOOL" cat --stats empty >target 2>said
  grep -E '^evtool cat: backend=(io_uring|epoll) reason="' said
}

@test "an unprivileged user with RLIMIT_MEMLOCK=0 gets every byte, and a reason" {
  as_user test -x "$EVTOOL" || skip "an unprivileged user cannot reach the build"
  # By descriptor: the folder is for its owner only.
  for option in -u --copy --stats -n; do
    as_user "$EVTOOL" cat "$option" <random 2>said | cmp <("$EVTOOL" cat "$option" random 2>/dev/null) -
  done
  as_user "$EVTOOL" cat --stats <random 2>said >/dev/null
  grep -E '^evtool cat: backend=(io_uring|epoll) reason="(io_uring|epoll \(io_uring_setup: .+\))' said
}

@test "a reader that closes early ends it silently, by SIGPIPE" {
  for option in -u --copy --stats -n --rate-limit=1G; do
    run --separate-stderr "$ending" --broken-pipe "$EVTOOL" cat "$option" random
    echo "$option: $output $stderr"
    [ "$output" = "signal 13" ]
    [[ -z $stderr || $option == --stats ]]
  done
  run --separate-stderr bash -c 'cat "$2" | "$1" cat | head -c 10 | wc -c; echo ${PIPESTATUS[1]}' _ "$EVTOOL" random
  [ "$output" = "10
141" ]
  [ -z "$stderr" ]
}

@test "where SIGPIPE is ignored a reader that is gone is a write error" {
  for option in -u --copy --stats; do
    run --separate-stderr bash -c 'trap "" PIPE; exec "$@"' _ "$ending" --broken-pipe "$EVTOOL" cat "$option" random
    echo "$option: $output $stderr"
    [[ $output == "signal 13" || $output == "exit 1" ]]
  done
  # Python restores SIGPIPE in children: a shell does not.
  run --separate-stderr bash -c 'trap "" PIPE; { "$1" cat random; echo $? >status; } | true; cat status' _ "$EVTOOL"
  [[ $output == 1 ]]
  [ "$stderr" = "evtool cat: write error: standard output: Broken pipe" ]
}

@test "SIGINT kills it, and its parent sees that" {
  mkfifo in
  for option in -u --copy --follow; do
    python3 - "$EVTOOL" "$option" <<'PYTHON'
import os, signal, subprocess, sys
reader, writer = os.pipe()
process = subprocess.Popen([sys.argv[1], "cat", sys.argv[2], "random", "-"], stdin=subprocess.PIPE, stdout=writer)
os.close(writer)
got = 0
while got < 3000000:
    got += len(os.read(reader, 1 << 20))
process.send_signal(signal.SIGINT)
assert process.wait(30) == -signal.SIGINT
PYTHON
  done
}

@test "no descriptor of ours reaches further than we do" {
  ls -l /proc/self/fd >/dev/null || skip "no /proc here"
  # Everything is opened with O_CLOEXEC; files that are done are closed.
  mkdir many
  for index in {100..399}; do echo $index >many/$index; done
  for option in -u --copy --stats; do
    (ulimit -n 40 && "$EVTOOL" cat "$option" many/* 2>/dev/null) | cmp <(cat many/*) -
  done
}
