# What the bats files here share: `load common`.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0

probe="$EVT_BUILD_DIR/tests/cmd/probe"
deny="$EVT_BUILD_DIR/tests/cmd/deny_io_uring"
ending="$BATS_TEST_DIRNAME/ending"

# Skips where the kernel has no io_uring for us; fails where there has to be one.
needs_io_uring() {
  ! "$probe" --backend=io_uring --nops=1 >/dev/null 2>&1 || return 0
  [ "${EVT_REQUIRE_IO_URING-}" != 1 ] || { echo "io_uring is required, and refused" && return 1; }
  skip "no io_uring here"
}

# one_line STATUS TEXT: the last `run --separate-stderr` said only this on stderr, in one line, and nothing on stdout.
one_line() {
  echo "status $status, stdout '$output', stderr '$stderr'"
  [ "$status" -eq "$1" ]
  [ "$stderr" = "$2" ]
  [ -z "$output" ]
}

# in_terminal COMMAND…: with a pseudo terminal as all three descriptors; what it shows goes to stdout.
in_terminal() {
  python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" </dev/null
}

# Skips where system calls cannot be watched or failed on purpose.
needs_strace() {
  [[ -z ${EVT_SANITIZE-} ]] || skip "leak checking and strace do not go together"
  strace -o /dev/null true 2>/dev/null || skip "no strace here"
}
