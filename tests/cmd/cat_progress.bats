#!/usr/bin/env bats
# What is told while cat copies: the bar on a terminal, the line for SIGUSR1, and the JSON at the end.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  cp random other
}

# on_terminal FD SHOWN COMMAND…: the command with a pseudo terminal as descriptor FD; what it shows goes to SHOWN, and
# its stdout, unless that is the terminal, to `copied`.
on_terminal() {
  python3 -c '
import os, pty, subprocess, sys
number, shown, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
master, terminal = pty.openpty()
os.dup2(terminal, number) if number > 2 else None
where = {1: "stdout", 2: "stderr"}
options = {"stdout": open("copied", "wb"), where.get(number, "none"): terminal}
options.pop("none", None)
process = subprocess.Popen(command, pass_fds=[number] if number > 2 else [], **options)
os.close(terminal)
if number > 2:
    os.close(number)
data = b""
try:
    while chunk := os.read(master, 65536):
        data += chunk
except OSError:
    pass
open(shown, "wb").write(data)
sys.exit(process.wait(30))' "$@"
}

@test "--progress shows bytes of all files, a percentage and a rate, and the copy is whole" {
  for way in -u --copy --stats; do
    on_terminal 2 shown "$EVTOOL" cat "$way" -p random other
    cat random other | cmp - copied
    grep -E $'\r5\\.7 MiB \\[=+\\] 100% .*/s 0:0' shown
  done
}

@test "--progress-fd shows it on another terminal" {
  on_terminal 9 shown "$EVTOOL" cat --progress-fd 9 random
  cmp random copied
  grep -F '100%' shown
}

@test "without a terminal, with --quiet and with --json-file there is no bar" {
  "$EVTOOL" cat -p random 2>said >copied
  [ ! -s said ]
  on_terminal 2 shown "$EVTOOL" cat -p -q random
  [ ! -s shown ]
  on_terminal 2 shown "$EVTOOL" cat -p --json-file report random
  [ ! -s shown ]
}

@test "--size stands for what pipes do not tell" {
  cat random | on_terminal 2 shown "$EVTOOL" cat -p --size 3000000 -
  grep -F '100%' shown
  cat random | on_terminal 2 shown "$EVTOOL" cat -p -
  run ! grep -F '%' shown
  cat random | on_terminal 2 shown "$EVTOOL" cat -p --size 6000000 other
  grep -F '100%' shown
}

@test "--bytes and --offset count for the total" {
  on_terminal 2 shown "$EVTOOL" cat -p --bytes 1000000 random other
  grep -F '100%' shown
  on_terminal 2 shown "$EVTOOL" cat -p --offset 2000000 random
  grep -F '100%' shown
}

@test "a message takes the bar away and stands alone in its line" {
  on_terminal 2 shown "$EVTOOL" cat -p random missing other || true
  tr '\r' '\n' <shown | grep -x 'evtool cat: missing: No such file or directory'
}

# asked COMMAND…: a line of progress for SIGUSR1 while it waits for its input, twice, and a whole copy.
asked() {
  mkfifo in out said
  "$@" <in >out 2>said 5>&- 6>&- 8>&- &
  local pid=$!
  exec 6>in 5<out 8<said
  for word in one two; do
    echo $word >&6
    read -r -t 20 answer <&5
    [ "$answer" = $word ]
    kill -USR1 $pid
    read -r -t 20 line <&8
    [[ $line =~ ^evtool\ cat:\ [0-9]+\ B,\ [0-9]+.*/s$ ]] || { echo "$line" && return 1; }
  done
  exec 6>&-
  wait $pid
  exec 5<&- 8<&-
  rm in out said
}

@test "SIGUSR1 prints one line of progress, also while everything waits" {
  asked "$EVTOOL" cat
  asked "$EVTOOL" cat --copy
  asked "$EVTOOL" cat --trace trace
}

@test "SIGUSR1 prints its line while the reader stalls" {
  mkfifo out said
  truncate -s 20M zeros
  for way in -u --copy; do
    "$EVTOOL" cat "$way" zeros >out 2>said 5>&- 8>&- &
    exec 5<out 8<said
    head -c 1 <&5 >/dev/null
    kill -USR1 $!
    read -r -t 20 line <&8
    [[ $line == "evtool cat: "*"B/s"* ]]
    [ "$(cat <&5 | wc -c)" -gt 1000000 ]
    wait $!
    exec 5<&- 8<&-
  done
}

@test "--json-file tells bytes, files and failures" {
  "$EVTOOL" cat --json-file report random other missing 2>/dev/null >copied || true
  python3 - <<'PYTHON'
import json
report = json.load(open("report"))
result = report["result"]
assert report["tool"] == "cat" and report["schema"] == 1
assert (result["bytes"], result["files"], result["failed"]) == (6000000, 2, 1)
assert result["elapsed_ns"] > 0
PYTHON
  cat random other | cmp - copied
}
