#!/usr/bin/env bats
# wait-pid: whose processes it waits for, what it tells of them, and its exit codes.
load wait_pid

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "a process that is not ours exits 0 to 255, and so do we, unprivileged" {
  needs_exit_info && needs_user
  run --separate-stderr as_user "$await" --each "$offspring" fast 256 "$EVTOOL" wait-pid --verbose --reap-grace=30s PIDS
  [ "$output" = "$(seq 0 255)" ]
  [ -z "$stderr" ]
}

@test "a process that is not ours is killed by any signal, and we exit with 128 + n" {
  needs_exit_info && needs_user
  run --separate-stderr as_user "$await" --each "$offspring" fast signals "$EVTOOL" wait-pid --verbose --reap-grace=30s PIDS
  # 17 to 23 and 28 do not end a process; 32 and 33 are the C library's.
  [ "$output" = "$({ seq 129 144 && seq 152 155 && seq 157 159 && seq 162 192; } | sort -n)" ]
}

@test "signals are told by name" {
  needs_exit_info
  run --separate-stderr "$await" "$offspring" fast signals "$EVTOOL" wait-pid --verbose --reap-grace=30s PIDS
  [ "${lines[0]}" = "0 killed by SIGHUP" ]
  [ "${lines[8]}" = "8 killed by SIGKILL" ]
  [[ $output == *"killed by SIGRTMIN+3"* ]]
  [ "${lines[-1]}" = "exit 0" ]
}

@test "many at once are told each on a line, also where their parent takes its time to reap them" {
  needs_exit_info && needs_user
  for reaper in fast slow; do
    run --separate-stderr as_user "$await" "$offspring" $reaper 300 "$EVTOOL" wait-pid --verbose --reap-grace=30s PIDS
    [ "$output" = "$(for index in $(seq 0 299); do echo "$index exited $((index % 256))"; done && echo "exit 0")" ]
    [ -z "$stderr" ]
  done
}

@test "what its parent never reaps has a status that nobody knows: 125, and 0 for several" {
  run --separate-stderr "$await" "$offspring" never 1 "$EVTOOL" wait-pid --verbose --reap-grace=50ms PIDS
  [ "$output" = "0 ended, status unknown
exit 125" ]
  run --separate-stderr "$await" "$offspring" never 2 "$EVTOOL" wait-pid --verbose --reap-grace=0 PIDS
  [ "$output" = "0 ended, status unknown
1 ended, status unknown
exit 0" ]
}

# What the ioctl does where it does not tell: fail, or, with 6.13 and 6.14, leave out how a process ended.
older_kernels=(ENOTTY EINVAL ESRCH NOEXIT)

@test "a kernel that does not tell how others' children ended leaves the status unknown, and says so" {
  needs_user
  needs_info NOEXIT
  for kernel in "${older_kernels[@]}"; do
    for reaper in fast never; do
      run --separate-stderr as_user "$deny_info" $kernel "$await" "$offspring" $reaper 1 \
        "$EVTOOL" wait-pid --verbose --reap-grace=50ms PIDS
      echo "$kernel $reaper $stderr"
      [ "$output" = "0 ended, status unknown
exit 125" ]
    done
  done
}

@test "such a kernel still tells how our own children ended" {
  needs_info NOEXIT
  for kernel in "${older_kernels[@]}"; do
    for code in 7 -9; do
      run --separate-stderr "$with_children" $code "$deny_info" $kernel "$EVTOOL" wait-pid
      echo "$kernel $status"
      [ "$status" -eq $((code < 0 ? 128 - code : code)) ]
    done
    run --separate-stderr "$deny_info" $kernel "$EVTOOL" wait-pid --tree -q -- sh -c '(sleep .01 &) ; exit 5'
    [ "$status" -eq 5 ]
  done
}

@test "a child, a zombie child and a grandchild are told" {
  run --separate-stderr "$with_children" 9 "$EVTOOL" wait-pid
  [ "$status" -eq 9 ]
  run --separate-stderr "$with_children" 0,-9 "$EVTOOL" wait-pid --status=last
  [ "$status" -eq 137 ]
  needs_exit_info
  mkfifo gate said
  # shellcheck disable=SC2016
  bash -c 'bash -c "(read -r <gate; exit 5) & echo \$! >pid; wait" & until [ -s pid ]; do :; done
    exec "$1" wait-pid --verbose $(<pid) >out 2>said' _ "$EVTOOL" &
  local line waiter=$!
  while read -r line && [[ $line != *"waiting for"* ]]; do :; done <said
  echo >gate
  local status=0
  wait $waiter || status=$?
  [ "$status" -eq 5 ]
  [[ $(<out) == "$(<pid) exited 5 after "* ]]
}

@test "a process that is gone is 127, or 0 with -e" {
  local pid
  pid=$(gone_pid)
  run -127 --separate-stderr "$EVTOOL" wait-pid "$pid"
  one_line 127 "evtool wait-pid: $pid: no such process"
  run --separate-stderr "$EVTOOL" wait-pid -e "$pid"
  [ "$status" -eq 0 ]
  [ "$output" = "$pid had ended before, status unknown" ]
  [ -z "$stderr" ]
}

@test "one of several that is gone is told, the others are waited for, and the end is 127" {
  local pid
  pid=$(gone_pid)
  run -127 --separate-stderr "$with_children" 3 "$EVTOOL" wait-pid "$pid"
  [ "$stderr" = "evtool wait-pid: $pid: no such process" ]
  [[ $output == *" exited 3 after "* ]]
  run --separate-stderr "$with_children" 3 "$EVTOOL" wait-pid -e "$pid"
  [ "$status" -eq 0 ]
}

@test "--any and -c N end with the first and the Nth; those that had ended count with -e" {
  sleep 60 & local sleeper=$!
  run --separate-stderr "$with_children" 3 "$EVTOOL" wait-pid --any $sleeper
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  run --separate-stderr "$with_children" 3,4 "$EVTOOL" wait-pid -c 2 $sleeper
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 2 ]
  run --separate-stderr "$EVTOOL" wait-pid -e --any $sleeper "$(gone_pid)"
  [ "$status" -eq 0 ]
  kill $sleeper
}

@test "--status chooses among several: the largest, the first or the last to end" {
  for choice in max:6 first:3 last:2; do
    run --separate-stderr "$with_children" 3,6,2 "$EVTOOL" wait-pid --status="${choice%:*}"
    [ "$status" -eq "${choice#*:}" ]
    [ "${#lines[@]}" -eq 3 ]
  done
}

@test "after the time is up it is 124, and -t 0 only asks" {
  sleep 60 & local sleeper=$!
  for time in 0 20ms; do
    run --separate-stderr "$EVTOOL" wait-pid -t $time $sleeper
    one_line 124 "evtool wait-pid: timed out, 0 of 1 have ended"
  done
  run --separate-stderr "$EVTOOL" wait-pid -q -t 0 $sleeper
  one_line 124 ""
  kill $sleeper
  # A child that has ended is no time-out.
  run --separate-stderr "$with_children" 9 "$EVTOOL" wait-pid -t 0
  [ "$status" -eq 9 ]
}

@test "-q prints no lines, and SIGUSR1 asks how far it is" {
  run --separate-stderr "$with_children" 3 "$EVTOOL" wait-pid -q
  one_line 3 ""
  sleep 60 & local sleeper=$!
  run --separate-stderr "$ending" --send USR1 "$EVTOOL" wait-pid --verbose -t 500ms $sleeper
  kill $sleeper
  [ "$output" = "exit 124" ]
  [[ $stderr == *"evtool wait-pid: 0 of 1 have ended"* ]]
}

@test "lines that cannot be written are 125, and a reader that left ends it by SIGPIPE" {
  run --separate-stderr bash -c 'exec "$@" >/dev/full' _ "$with_children" 3 "$EVTOOL" wait-pid
  one_line 125 "evtool wait-pid: standard output: No space left on device"
  [ "$("$ending" --broken-pipe "$with_children" 3 "$EVTOOL" wait-pid)" = "signal 13" ]
}
