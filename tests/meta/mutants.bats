#!/usr/bin/env bats
# The runner of the mutants sees what it must see, and a sample of the mutants is noticed by the tests.
bats_require_minimum_version 1.5.0

RUN="$BATS_TEST_DIRNAME/mutants/run"

setup() {
  [ -z "$EVT_SANITIZE" ] || skip "mutants are compiled as in a build without sanitizer"
}

# mutant NAME FILE CASE HUNK: one that is not among ours.
mutant() { printf 'It is a test.\n\nfile: %s\ncase: %s\n\n%s\n' "$2" "$3" "$4" >"$BATS_TEST_TMPDIR/$1.mutant"; }

# refused NAME: the runner says why, and fails.
refused() {
  run "$RUN" "$BATS_TEST_TMPDIR/$1.mutant"
  echo "$output"
  [ "$status" -eq 1 ]
  [ "${lines[-1]}" = "0 passed, 1 failed" ]
}

@test "there are mutants of every room, and enough of them" {
  [ "$(find "$BATS_TEST_DIRNAME/mutants" -name '*.mutant' | wc -l)" -ge 36 ]
  local room
  for room in "$EVT_SOURCE_DIR"/lib/src/*/; do
    grep -rqx "file: lib/src/$(basename "$room")/.*" "$BATS_TEST_DIRNAME/mutants" || { echo "none of $room" && return 1; }
  done
}

@test "a mistake that no test notices fails, and says what it undoes" {
  mutant same lib/src/pool/job.cpp Pool.AJobThatThrowsCompletesWithItsException \
    "-    thrown = std::current_exception();"$'\n'"+    thrown = std::exception_ptr(std::current_exception());"
  refused same
  [[ ${lines[0]} == "not ok same: SURVIVED "*": It is a test."* ]]
}

@test "a mutant whose lines are gone, or are there twice, fails" {
  mutant gone lib/src/pool/job.cpp Pool.AJobThatThrowsCompletesWithItsException "-  is_not_there();"
  refused gone
  [[ ${lines[0]} == "not ok gone: ERROR does not apply: "*" 0 times in lib/src/pool/job.cpp"* ]]
  mutant twice lib/src/loop/life.cpp Cancel.OfANopCompletesItEitherWay "-      return complete(request, -ECANCELED);"
  refused twice
  [[ ${lines[0]} == "not ok twice: ERROR does not apply: "* ]]
}

@test "a mutant of a file that is gone, of a case that is not there, or that does not compile fails" {
  mutant file lib/src/pool/gone.cpp Pool.AJobThatThrowsCompletesWithItsException "-  x"
  refused file
  [[ ${lines[0]} == "not ok file: ERROR does not apply: "* ]]
  mutant case lib/src/pool/job.cpp Pool.IsNotThere "-    thrown = std::current_exception();"
  refused case
  [[ ${lines[0]} == "not ok case: ERROR there is no case "* ]]
  mutant compiles lib/src/pool/job.cpp Pool.AJobThatThrowsCompletesWithItsException \
    "-    thrown = std::current_exception();"$'\n'"+    thrown = no_such_thing;"
  refused compiles
  [[ $output == "not ok compiles: ERROR does not compile:"*no_such_thing* ]]
}

@test "every mutant applies to what the code says now, and its case is there" {
  run "$RUN" --applies
  echo "$output" | grep -v "^ok"
  [ "$status" -eq 0 ]
}

@test "mutants of all rooms are noticed" {
  run "$RUN" --sample 12
  echo "$output"
  [ "$status" -eq 0 ]
  [[ ${lines[-1]} == "12 passed, 0 failed" ]]
}
