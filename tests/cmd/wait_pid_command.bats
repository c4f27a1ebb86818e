#!/usr/bin/env bats
# wait-pid -- COMMAND: its end is ours, signals reach it, and nothing is left behind.
load wait_pid

setup() { cd "$BATS_TEST_TMPDIR"; }

# left FILE…: the processes that are left of those whose ids are in the files; there has to be one in each.
left() {
  local file
  for file in "$@"; do
    [ -s "$file" ] || echo "nothing in $file"
    # A zombie that init has not reaped yet is gone as well.
    grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$(<"$file")/status" && echo "$file is left"
  done
  true
}

# writes FILE: shell words that put the id of a new background process there, which then sleeps.
sleeps_as() { echo "sh -c 'echo \$\$ >$1; exec sleep 60'"; }

# A program that says on stderr that it waits for a signal, and exits when that came: SIGNAL WORD STATUS.
awaits='import signal, sys
number = signal.Signals["SIG" + sys.argv[1]]
signal.pthread_sigmask(signal.SIG_BLOCK, [number])
print(sys.argv[2], file=sys.stderr, flush=True)
signal.sigwait([number])
sys.exit(int(sys.argv[3]))'

@test "the exit status of a command is ours, and its signals as 128 + n; its output stays apart from our lines" {
  run --separate-stderr "$EVTOOL" wait-pid -- sh -c 'echo data; exit 3'
  [ "$status" -eq 3 ]
  [ "$output" = data ]
  [[ $stderr =~ ^[0-9]+" exited 3 after "[0-9.]+" "[mu]?s" (sh)"$ ]]
  # shellcheck disable=SC2016
  run --separate-stderr "$EVTOOL" wait-pid -q -- sh -c 'kill -9 $$'
  one_line 137 ""
}

@test "a command that cannot be run is 127 or 126" {
  run -127 --separate-stderr "$EVTOOL" wait-pid -- ./nosuch
  one_line 127 "evtool wait-pid: ./nosuch: No such file or directory"
  echo >plain
  run -126 --separate-stderr "$EVTOOL" wait-pid -- ./plain
  one_line 126 "evtool wait-pid: ./plain: Permission denied"
}

@test "SIGTERM, SIGINT, SIGHUP and SIGUSR1 reach the command" {
  for signal in TERM INT HUP USR1; do
    run --separate-stderr "$ending" --send $signal "$EVTOOL" wait-pid -q -- \
      "$(type -P python3)" -c "$awaits" $signal ready 9
    echo "$signal: $output $stderr"
    [ "$output" = "exit 9" ]
  done
}

@test "--tree waits for what the command leaves behind, wherever that went" {
  mkfifo gate
  # shellcheck disable=SC2016
  "$EVTOOL" wait-pid --tree --json-file=report -- sh -c 'setsid sh -c "echo \$\$ >left; read -r line <gate" & exit 4' 2>said &
  local status=0 waiter=$!
  until [ -s left ] && grep -q "exited 4" said; do :; done
  kill -0 $waiter
  echo >gate
  wait $waiter || status=$?
  [ "$status" -eq 4 ]
  [ -z "$(left left)" ]
  grep -q '"descendants":1}' report
}

@test "without --tree the end of the command is the end" {
  run --separate-stderr "$EVTOOL" wait-pid -q -- sh -c "$(sleeps_as left) >/dev/null 2>&1 & until [ -s left ]; do :; done; exit 4"
  [ "$status" -eq 4 ]
  [ "$(left left)" = "left is left" ]
  kill "$(<left)"
}

@test "after a timeout nothing is left: no child, no grandchild, no session of its own, nothing that ignores SIGTERM" {
  for tree in -q --tree; do
    rm -f child daemon deaf
    run --separate-stderr "$EVTOOL" wait-pid -q $tree -t 1s --kill-after=100ms -- sh -c "
      $(sleeps_as child) & setsid sh -c \"$(sleeps_as daemon | sed 's/\$/\\\\$/g') &\" &
      (trap '' TERM; $(sleeps_as deaf)) & wait"
    [ "$status" -eq 124 ]
    [ -z "$(left child daemon deaf)" ]
  done
}

@test "an unprivileged user has the same: status, signals, --tree, and nothing left after a timeout" {
  needs_user
  # Nobody else may look into those of bats.
  local folder
  folder=$(mktemp -d)
  chmod 777 "$folder"
  cd "$folder"
  run --separate-stderr as_user "$EVTOOL" wait-pid -- sh -c 'id -u; exit 3'
  [ "$status" -eq 3 ]
  [ "$output" = "$(as_user id -u)" ]
  [[ $stderr == *" exited 3 after "*" (sh)" ]]
  run --separate-stderr as_user "$ending" --send TERM "$EVTOOL" wait-pid -q -- /usr/bin/python3 -c "$awaits" TERM ready 9
  [ "$output" = "exit 9" ]
  run as_user "$EVTOOL" wait-pid -q --tree -- sh -c '(setsid sh -c "sleep .05; echo done >descendant" &) ; exit 4'
  [ "$status" -eq 4 ]
  [ "$(<descendant)" = "done" ]
  run --separate-stderr as_user "$EVTOOL" wait-pid -q -t 1s --kill-after=50ms -- sh -c "
    $(sleeps_as child) & setsid $(sleeps_as daemon) & (trap '' TERM; $(sleeps_as deaf)) & wait"
  [ "$status" -eq 124 ]
  [ -z "$(left child daemon deaf)" ]
  rm -r "$folder"
}

@test "a command that ends on SIGTERM is not killed, and the timeout is still told" {
  run --separate-stderr timeout 20 "$EVTOOL" wait-pid -t 2s --kill-after=inf -- "$(type -P python3)" -c "$awaits" TERM ready 5
  [ "$status" -eq 124 ]
  [ "${stderr_lines[0]}" = ready ]
  [[ ${stderr_lines[1]} == *" exited 5 after "* ]]
  [ "${stderr_lines[2]}" = "evtool wait-pid: timed out, 1 of 1 have ended" ]
}

@test "children that we had before the command are not ended with it" {
  # shellcheck disable=SC2016
  run --separate-stderr bash -c 'sleep 60 >/dev/null 2>&1 & echo $! >before; exec "$1" wait-pid -q -t 50ms -- sleep 60' _ "$EVTOOL"
  [ "$status" -eq 124 ]
  [ "$(left before)" = "before is left" ]
  kill "$(<before)"
}

@test "a command and other processes are waited for together" {
  run --separate-stderr "$with_children" 3 sh -c 'exec "$1" wait-pid --status=max "$2" -- sh -c "exit 6"' _ "$EVTOOL"
  [ "$status" -eq 6 ]
  [[ $stderr == *" exited 3 after "* ]]
  [[ $stderr == *" exited 6 after "* ]]
}

@test "commands get the descriptor limit that we were given" {
  # shellcheck disable=SC2016
  run --separate-stderr bash -c 'ulimit -Sn 100; exec "$1" wait-pid -q -- sh -c "ulimit -Sn"' _ "$EVTOOL"
  [ "$output" = 100 ]
}

@test "a report never goes where the command's output goes, and options that need a command say so" {
  run --separate-stderr "$EVTOOL" wait-pid --json -- true
  one_line 2 "evtool wait-pid: option '--json' needs '--json-file' here: standard output is the command's"
  run --separate-stderr "$EVTOOL" wait-pid --json-file=/dev/stdout -- true
  one_line 2 "evtool wait-pid: option '--json' needs '--json-file' here: standard output is the command's"
  run --separate-stderr "$EVTOOL" wait-pid --tree 1
  one_line 2 "evtool wait-pid: option '--tree' needs -- COMMAND"
  run --separate-stderr "$EVTOOL" wait-pid --kill-after=1 -- true
  one_line 2 "evtool wait-pid: option '--kill-after' needs --timeout and -- COMMAND"
  run --separate-stderr "$EVTOOL" wait-pid
  one_line 2 "evtool wait-pid: missing operand: PROCESS, or -- COMMAND"
}
