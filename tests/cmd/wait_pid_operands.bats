#!/usr/bin/env bats
# wait-pid: the words that name processes, and those that do not.
load wait_pid

setup() { cd "$BATS_TEST_TMPDIR"; }

# refused WORD WHY: exit 2, nothing on stdout, one line that quotes the word.
refused() {
  run --separate-stderr timeout 10 "$EVTOOL" wait-pid "$1"
  one_line 2 "evtool wait-pid: '$1' $2"
}

@test "what is no process id is a usage error that quotes it" {
  local expected="; expected PID, PID:INODE, pidfile=PATH or name=REGEX"
  refused "" "is not a number$expected"
  refused 0 "is no process$expected"
  refused x "is not a number$expected"
  refused 12x "has junk after the number$expected"
  refused 2147483648 "is too large$expected"
  refused 99999999999999999999 "is too large$expected"
  refused 5: "has an inode that is not a number$expected"
  refused :5 "is not a number$expected"
  refused 5:0 "has inode 0, which no process has$expected"
  refused pidfile= "names no file$expected"
  refused name= "has no pattern$expected"
  refused 'name=((' "is no regular expression: Unmatched ( or \\("
  refused "name=$(printf 'x%.0s' {1..300})" "has a pattern of more than 256 bytes"
  run --separate-stderr "$EVTOOL" wait-pid -5
  one_line 2 "evtool wait-pid: unknown option '-5'"
  # shellcheck disable=SC2016
  run --separate-stderr bash -c 'exec "$1" wait-pid $$' _ "$EVTOOL"
  [ "$status" -eq 2 ]
  [[ $stderr == *"' is evtool itself" ]]
}

@test "options that exclude each other, or could never be met, are usage errors" {
  run --separate-stderr "$EVTOOL" wait-pid --all --any 1
  one_line 2 "evtool wait-pid: options --all, --any and --count exclude each other"
  run --separate-stderr "$EVTOOL" wait-pid -c 0 1
  one_line 2 "evtool wait-pid: --count: '0' is nothing to wait for"
  run --separate-stderr "$EVTOOL" wait-pid -c 2 1
  one_line 2 "evtool wait-pid: --count: '2' is more than there are processes: 1"
  run --separate-stderr "$EVTOOL" wait-pid --full 1
  one_line 2 "evtool wait-pid: option '--full' needs name=REGEX"
}

@test "a process that is given twice is waited for once" {
  sleep 60 & local sleeper=$!
  run --separate-stderr "$EVTOOL" wait-pid -t 0 $sleeper $sleeper
  kill $sleeper
  [ "$status" -eq 124 ]
  [ "${stderr_lines[0]}" = "evtool wait-pid: $sleeper: given more than once, waited for once" ]
  [ "${stderr_lines[1]}" = "evtool wait-pid: timed out, 0 of 1 have ended" ]
}

@test "with PID:INODE another process that got the number is not the one meant" {
  sleep 60 & local sleeper=$!
  local inode
  inode=$(inode_of $sleeper)
  [ "$inode" -ne 0 ] || skip "before Linux 6.9"
  run --separate-stderr "$EVTOOL" wait-pid -t 0 "$sleeper:$inode"
  [ "$status" -eq 124 ]
  run -127 --separate-stderr "$EVTOOL" wait-pid "$sleeper:$((inode + 1))"
  one_line 127 "evtool wait-pid: $sleeper:$((inode + 1)): no such process"
  run --separate-stderr "$EVTOOL" wait-pid -e "$sleeper:$((inode + 1))"
  kill $sleeper
  [ "$status" -eq 0 ]
}

@test "the id of a thread is not the id of a process" {
  run --separate-stderr python3 -c 'import subprocess, sys, threading
def check():
    thread = str(threading.get_native_id())
    run = subprocess.run([sys.argv[1], "wait-pid", thread], capture_output=True, text=True)
    print(run.returncode, run.stderr.replace(thread, "THREAD"), end="")
thread = threading.Thread(target=check)
thread.start()
thread.join()' "$EVTOOL"
  [ "$output" = "125 evtool wait-pid: THREAD: is the id of a thread, not of a process" ]
}

@test "a pidfile names a process, with space around it and lines behind it" {
  sleep 60 & local sleeper=$!
  for text in '%d\n' '%d' ' %d \nsecond line\n' '%d\r\n'; do
    # shellcheck disable=SC2059
    printf "$text" $sleeper >pidfile
    run --separate-stderr "$EVTOOL" wait-pid -t 0 --json pidfile=pidfile
    [ "$status" -eq 124 ]
    [ "$(pids_in <<<"$output")" = $sleeper ]
  done
  kill $sleeper
  # shellcheck disable=SC2016
  run --separate-stderr "$with_children" 4 bash -c 'echo $2 >pidfile; exec "$1" wait-pid pidfile=pidfile' _ "$EVTOOL"
  [ "$status" -eq 4 ]
  [[ $output == "$(cat pidfile) exited 4 after "*" (pidfile=pidfile)" ]]
}

@test "a pidfile that is not there names a process that is gone" {
  run -127 --separate-stderr "$EVTOOL" wait-pid pidfile=nosuch
  one_line 127 "evtool wait-pid: pidfile=nosuch: no such process"
  run --separate-stderr "$EVTOOL" wait-pid -e pidfile=nosuch
  [ "$status" -eq 0 ]
}

@test "pidfiles that cannot be believed are refused with one line" {
  for line in "0:'0' is no process" "1:names process 1" "-5:'-5' is negative" "x:'x' is not a number" \
    "12 13:'12 13' has junk after the number" "99999999999:'99999999999' is too large" ":has no process id on its first line"; do
    printf '%s\n' "${line%%:*}" >pidfile
    run --separate-stderr "$EVTOOL" wait-pid pidfile=pidfile
    one_line 125 "evtool wait-pid: pidfile: ${line#*:}"
  done
  head -c 100000 /dev/zero | tr '\0' 7 >pidfile
  run --separate-stderr "$EVTOOL" wait-pid pidfile=pidfile
  [ "$status" -eq 125 ]
  # shellcheck disable=SC2016
  run --separate-stderr bash -c 'echo $$ >pidfile; exec "$1" wait-pid pidfile=pidfile' _ "$EVTOOL"
  one_line 125 "evtool wait-pid: pidfile: names evtool itself"
  echo 12 >pidfile
  chmod 666 pidfile
  run --separate-stderr "$EVTOOL" wait-pid pidfile=pidfile
  one_line 125 "evtool wait-pid: pidfile: may be written by everybody"
  mkfifo fifo
  run --separate-stderr timeout 10 "$EVTOOL" wait-pid pidfile=fifo
  one_line 125 "evtool wait-pid: fifo: is not a regular file"
}

@test "a pidfile that may not be read is refused with one line" {
  needs_user
  local folder
  folder=$(mktemp -d)
  chmod 755 "$folder"
  echo 12 >"$folder/pidfile"
  chmod 000 "$folder/pidfile"
  run --separate-stderr as_user "$EVTOOL" wait-pid "pidfile=$folder/pidfile"
  rm -rf "$folder"
  one_line 125 "evtool wait-pid: $folder/pidfile: Permission denied"
}

@test "a name names all that run, by their short name or with --full by their command line" {
  # A name that nothing else here has.
  local name="slp$$"
  cp "$(command -v sleep)" "$name"
  "./$name" 61 & local first=$!
  "./$name" 62 & local second=$!
  until [ "$(cat /proc/$first/comm /proc/$second/comm)" = "$name
$name" ]; do :; done
  run --separate-stderr "$EVTOOL" wait-pid -t 0 --json "name=^$name\$"
  [ "$(pids_in <<<"$output")" = "$(printf '%s\n' $first $second | sort -n)" ]
  run --separate-stderr "$EVTOOL" wait-pid -t 0 --json --full "name=$name 6[2]\$"
  [ "$(pids_in <<<"$output")" = "$second" ]
  # Neither us nor the shell we come from, whose command lines have the words too.
  run --separate-stderr bash -c '"$1" wait-pid -t 0 --json --full "name=$2 61"; true' _ "$EVTOOL" "$name"
  [ "$(pids_in <<<"$output")" = "$first" ]
  kill $first $second
  wait $first $second || true
  run -127 --separate-stderr "$EVTOOL" wait-pid "name=^$name\$"
  one_line 127 "evtool wait-pid: name=^$name\$: no such process"
}

pids_in() {
  python3 -c 'import json, sys
print(*sorted(each["pid"] for each in json.load(sys.stdin)["result"]["processes"]), sep="\n")'
}

@test "--json tells the code of a process from our own, and no lines beside it" {
  member() { python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["result"][sys.argv[1]]))' "$1"; }
  run --separate-stderr "$with_children" 125 "$EVTOOL" wait-pid --json
  [ "$status" -eq 125 ]
  [ "$(member exit <<<"$output")" = '{"code": 125, "of": "process"}' ]
  run --separate-stderr "$await" "$offspring" never 1 "$EVTOOL" wait-pid --verbose --reap-grace=0 --json-file=report PIDS
  [ "$(member exit <report)" = '{"code": 125, "of": "evtool"}' ]
  [[ $(member processes <report) == *'"outcome": "unknown"'* ]]
  run -127 --separate-stderr "$EVTOOL" wait-pid --json "$(gone_pid)"
  [ "$(member exit <<<"$output")" = '{"code": 127, "of": "evtool"}' ]
  run --separate-stderr "$with_children" -9 "$EVTOOL" wait-pid --json
  [ "$(member exit <<<"$output")" = '{"code": 137, "of": "process"}' ]
  [[ $(member processes <<<"$output") == *'"outcome": "killed", "signal": 9, "signal_name": "SIGKILL", "core_dumped": false, '* ]]
  [ "${#lines[@]}" -eq 1 ]
}
