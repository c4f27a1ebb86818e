#!/usr/bin/env bats
# Customs of the house that no compiler knows, each with a proof that breaking it is seen.
bats_require_minimum_version 1.5.0

# below ROOT NAME…: the files of ours with such names.
below() {
  local root=$1 names=()
  shift
  for name in "$@"; do names+=(-o -name "$name"); done
  find "$root"/{lib,cmd,bench,examples,tests} -type f '(' "${names[@]:1}" ')' 2>/dev/null
}

# bats ignores what a bare `! command` says, except on the last line: it must be `run ! command`.
bare_negations() { below "$1" '*.bats' | xargs -r grep -HnE '^[[:space:]]*! '; }

# A file opens by saying what lives in it.
without_opening() {
  below "$1" '*.cpp' '*.hpp' '*.c' '*.h' | while read -r file; do
    head -n 1 "$file" | grep -qE '^///? ' || echo "$file"
  done
}

@test "there are files to look at" {
  [ "$(below "$EVT_SOURCE_DIR" '*.bats' | wc -l)" -ge 3 ]
  [ "$(below "$EVT_SOURCE_DIR" '*.cpp' '*.hpp' | wc -l)" -ge 10 ]
}

@test "no bats test relies on a bare negation" {
  run bare_negations "$EVT_SOURCE_DIR"
  echo "$output"
  [ -z "$output" ]
  mkdir -p "$BATS_TEST_TMPDIR/tests"
  printf '%s\n' '@test "x" {' '  ! true' '  run ! false' '}' >"$BATS_TEST_TMPDIR/tests/x.bats"
  run bare_negations "$BATS_TEST_TMPDIR"
  [[ $output == *"x.bats:2:"* ]]
  [ "${#lines[@]}" -eq 1 ]
}

@test "every source says in its first line what lives there" {
  run without_opening "$EVT_SOURCE_DIR"
  echo "$output"
  [ -z "$output" ]
  mkdir -p "$BATS_TEST_TMPDIR/lib"
  echo '#pragma once' >"$BATS_TEST_TMPDIR/lib/x.hpp"
  run without_opening "$BATS_TEST_TMPDIR"
  [ "$output" = "$BATS_TEST_TMPDIR/lib/x.hpp" ]
}
