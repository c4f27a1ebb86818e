# What the bats files of cat share: `load cat`.
# shellcheck shell=bash
load common

# The system's own, which every user may run.
python3() { /usr/bin/python3 -IS "$@"; }
