#!/usr/bin/env bats
# wait-pid: thousands of processes in one call, and fewer descriptors than processes.
load wait_pid

setup() { cd "$BATS_TEST_TMPDIR"; }

# UBSan looks at a vptr through a pipe of its own: without a descriptor for that it is an error.
needs_no_descriptor() { [ -z "$EVT_SANITIZE" ] || skip "the sanitizer needs descriptors of its own"; }

# lines_of COUNT: what is told of so many.
lines_of() {
  seq 0 $(($1 - 1)) | awk '{ print $1 " exited " $1 % 256 }'
  echo "exit 0"
}

# sleepers COUNT: starts so many; their ids are in $pids.
sleepers() {
  pids=()
  for ((index = 0; index < $1; index++)); do
    sleep 60 &
    pids+=($!)
  done
}

# limited COUNT COMMAND…: with so many descriptors, and no more to be had.
limited() {
  # shellcheck disable=SC2016
  bash -c 'ulimit -n "$1" && shift && exec "$@"' _ "$@"
}

@test "10 000 processes of somebody else are waited for in one call, each with its status" {
  needs_exit_info
  (($(ulimit -Hn) >= 10100)) || skip "not enough descriptors: $(ulimit -Hn)"
  (($(ulimit -u) >= 15000 && $(cat /proc/sys/kernel/pid_max) >= 20000)) || skip "not enough processes"
  soft=256
  [ -z "$EVT_SANITIZE" ] || soft=$(ulimit -Hn)
  run --separate-stderr bash -c 'ulimit -Sn "$1" && shift && exec "$@"' _ "$soft" \
    "$await" "$offspring" fast 10000 "$EVTOOL" wait-pid --verbose --reap-grace=60s PIDS
  [ "$status" -eq 0 ]
  diff <(lines_of 10000) <(printf '%s\n' "$output")
  [ -z "$stderr" ]
}

@test "where descriptors run out it says so, and every process is waited for all the same" {
  needs_no_descriptor
  run --separate-stderr limited 64 "$await" "$offspring" slow 300 "$EVTOOL" wait-pid --verbose --reap-grace=60s PIDS
  [ "${lines[-1]}" = "exit 0" ]
  [ "${#lines[@]}" -eq 301 ]
  # Those without a descriptor may have been reaped unseen; nobody is told a wrong status.
  grep -vE 'status unknown|^exit 0$' <<<"$output" >known
  [ "$(wc -l <known)" -ge 40 ]
  run comm -23 <(sort known) <(lines_of 300 | sort)
  [ -z "$output" ]
  [[ $stderr =~ ^"evtool wait-pid: descriptors for "[0-9]+" processes only: the others are looked at once a second"$ ]]
}

@test "--any sees also the end of one that has no descriptor" {
  needs_no_descriptor
  sleepers 70
  limited 64 "$EVTOOL" wait-pid --any --verbose -t 30s "${pids[@]}" >out 2>said &
  local status=0 waiter=$!
  until grep -q "waiting for 70 processes" said; do :; done
  kill "${pids[69]}"
  wait $waiter || status=$?
  kill "${pids[@]:0:69}"
  [ "$status" -eq 0 ]
  [[ $(<out) == "${pids[69]} "* ]]
  [ "$(wc -l <out)" -eq 1 ]
}

@test "the time limit holds for those without a descriptor too" {
  needs_no_descriptor
  sleepers 70
  run --separate-stderr limited 64 "$EVTOOL" wait-pid -t 50ms "${pids[@]}"
  kill "${pids[@]}"
  [ "$status" -eq 124 ]
  [ "${stderr_lines[1]}" = "evtool wait-pid: timed out, 0 of 70 have ended" ]
  [ -z "$output" ]
}

@test "a soft limit is raised without a word" {
  needs_no_descriptor
  sleepers 70
  run --separate-stderr bash -c 'ulimit -Sn 64 && exec "$@"' _ "$EVTOOL" wait-pid -q -t 0 "${pids[@]}"
  kill "${pids[@]}"
  one_line 124 ""
}
