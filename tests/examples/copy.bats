#!/usr/bin/env bats
# README's copy (tests/consumer/main.cpp) and examples/copy_coroutine: what goes in comes out, and what goes wrong is said, in either style.
bats_require_minimum_version 1.5.0

# each STEP: once for each program.
each() {
  local name copy
  for name in copy copy_coroutine; do
    copy="$EVT_BUILD_DIR/examples/example_$name"
    "$@"
  done
}

copies() {
  "$copy" <"$BATS_TEST_TMPDIR/input" >"$BATS_TEST_TMPDIR/output"
  cmp "$BATS_TEST_TMPDIR/input" "$BATS_TEST_TMPDIR/output"
  "$copy" <"$BATS_TEST_TMPDIR/input" | "$copy" | cmp - "$BATS_TEST_TMPDIR/input"
}

@test "what goes in comes out, through pipes and files" {
  head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/input"
  each copies
}

fails() {
  run -1 "$copy" <"$BATS_TEST_TMPDIR"
  [[ $output == *"read: Is a directory" ]]
  run -1 bash -c '"$1" <<<text >/dev/full' - "$copy"
  [[ $output == *"write: No space left on device" ]]
}

@test "a failure is told, and is the exit code" { each fails; }
