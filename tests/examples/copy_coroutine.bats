#!/usr/bin/env bats
# examples/copy_coroutine: what goes in comes out, and what goes wrong is said.
bats_require_minimum_version 1.5.0

setup() { copy="$EVT_BUILD_DIR/examples/example_copy_coroutine"; }

@test "what goes in comes out, through pipes and files" {
  head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/input"
  "$copy" <"$BATS_TEST_TMPDIR/input" >"$BATS_TEST_TMPDIR/output"
  cmp "$BATS_TEST_TMPDIR/input" "$BATS_TEST_TMPDIR/output"
  "$copy" <"$BATS_TEST_TMPDIR/input" | "$copy" | cmp - "$BATS_TEST_TMPDIR/input"
}

@test "a failure is told, and is the exit code" {
  run -1 "$copy" <"$BATS_TEST_TMPDIR"
  [[ $output == *"read: Is a directory" ]]
  run -1 bash -c '"$1" <<<text >/dev/full' - "$copy"
  [[ $output == *"write: No space left on device" ]]
}
