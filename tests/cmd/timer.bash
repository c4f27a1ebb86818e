# What the bats files of timer share: `load timer`.
# shellcheck shell=bash
load common

# takes LEAST MOST COMMAND…: that it ends with 0 after so many milliseconds.
takes() {
  local least=$1 most=$2 start end
  shift 2
  start=${EPOCHREALTIME/[.,]/}
  "$@"
  end=${EPOCHREALTIME/[.,]/}
  echo "$((end - start)) us"
  ((end - start >= least * 1000 && end - start <= most * 1000))
}

# json_is FILE EXPRESSION: that the Python expression is true of `r`, the result in the report.
json_is() {
  python3 -IS -c 'import json, sys; r = json.load(open(sys.argv[1]))["result"]; print(r)
assert eval(sys.argv[2])' "$@"
}
