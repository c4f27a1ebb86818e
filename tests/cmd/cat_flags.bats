#!/usr/bin/env bats
# The flags of descriptors 0, 1 and 2 belong to whoever gave them to us: they are never changed, whatever ends the run.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
}

# unchanged MODE [OPTION]…: with each kind of descriptor on each of the three.
unchanged() {
  run "$BATS_TEST_DIRNAME/cat_flags" "$1" "$EVTOOL" "${@:2}"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$output" = "15 checked" ]
}

@test "they are what they were after a run" {
  unchanged end
}

@test "they are what they were after a run through memory, with a bar, and by requests" {
  unchanged end --copy -p
  unchanged end --tee=/dev/null
  unchanged end -q --trace=trace
}

@test "they are what they were after SIGKILL" {
  unchanged kill
}

@test "they are what they were after SIGKILL in a run through memory, and by requests" {
  unchanged kill --copy -p
  unchanged kill -q --trace=trace
}

@test "no system call that could change them is made on them" {
  needs_strace
  head -c 300000 /dev/urandom >random
  for option in -u --copy --direct; do
    cat random | strace -f -o trace -e trace=fcntl,ioctl "$EVTOOL" cat "$option" random - | cmp - <(cat random random)
    run ! grep -E '(fcntl\([012], F_SETFL|ioctl\([012], FIO(NBIO|ASYNC))' trace
  done
}
