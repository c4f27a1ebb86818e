# What the bats files of wait-pid share: `load wait_pid`.
# shellcheck shell=bash
load common

offspring="$EVT_BUILD_DIR/tests/cmd/offspring"
deny_info="$EVT_BUILD_DIR/tests/cmd/deny_pidfd_info"
await="$BATS_TEST_DIRNAME/await_offspring"
with_children="$BATS_TEST_DIRNAME/with_children"

# as_user COMMAND…: unprivileged, whoever runs the tests.
as_user() {
  if ((EUID == 0)); then
    setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
  else
    "$@"
  fi
}

# Skips where an unprivileged user cannot run what we built.
needs_user() { as_user test -x "$EVTOOL" || skip "an unprivileged user cannot reach the build"; }

# Skips where the kernel does not tell how the children of others ended: Linux 6.15 and newer do.
needs_exit_info() {
  local release
  release=$(uname -r)
  [[ ${release%%.*} -gt 6 || ($release == 6.* && $(cut -d. -f2 <<<"$release") -ge 15) ]] || skip "before Linux 6.15"
}

# needs_info KERNEL…: leaves out of $older_kernels what the kernel here is too old to play.
needs_info() {
  local release
  release=$(uname -r)
  [[ ${release%%.*} -gt 6 || ($release == 6.* && $(cut -d. -f2 <<<"$release") -ge 13) ]] || older_kernels=("${older_kernels[@]/$1/ENOTTY}")
}

# gone_pid: the id of a process that has ended and was reaped.
gone_pid() {
  true &
  wait $!
  echo $!
}

# inode_of PID: the inode of its pidfd; 0 where all are the same (before Linux 6.9).
inode_of() {
  python3 -c 'import os, sys
one, other = (os.fstat(os.pidfd_open(pid)).st_ino for pid in (int(sys.argv[1]), os.getpid()))
print(one if one != other else 0)' "$1"
}
