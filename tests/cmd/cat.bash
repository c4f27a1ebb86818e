# What the bats files of cat share: `load cat`.
# shellcheck shell=bash
load common

# The system's own, which every user may run.
python3() { /usr/bin/python3 -IS "$@"; }

# Skips where system calls cannot be watched or failed on purpose.
needs_strace() {
  [[ -z ${EVT_SANITIZE-} ]] || skip "leak checking and strace do not go together"
  strace -o /dev/null true 2>/dev/null || skip "no strace here"
}
