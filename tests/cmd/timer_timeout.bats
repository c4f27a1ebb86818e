#!/usr/bin/env bats
# evtool timer timeout: the cases of coreutils' timeout, against the real one where it is the same.
load timer

setup() { cd "$BATS_TEST_TMPDIR"; }

# alike STATUS [OPTION]... DURATION -- CMD [ARG]...: ours and coreutils' timeout both end with STATUS.
alike() {
  local expected=$1 words=()
  shift
  run -"$expected" "$EVTOOL" timer timeout "$@"
  while [ "$1" != -- ]; do words+=("$1") && shift; done
  run -"$expected" timeout "${words[@]}" "${@:2}"
}

@test "the status is the command's, and 124 when it took too long" {
  alike 0 10 -- true
  alike 2 10 -- sh -c 'exit 2'
  alike 124 .05 -- sleep 10
  alike 0 0 -- sleep .05
  alike 0 --foreground 10 -- true
  alike 124 --foreground .05 -- sleep 10
}

@test "125 it cannot, 126 the command cannot be executed, 127 it is not there" {
  alike 125 10x -- true
  alike 125 -- true
  alike 125 --signal=NOSUCH 10 -- true
  alike 125 --kill-after=x 10 -- true
  alike 125 --no-such-option 10 -- true
  alike 126 10 -- /
  alike 127 10 -- ./nosuch
  run --separate-stderr "$EVTOOL" timer timeout 10
  one_line 125 "evtool timer: missing operand: -- CMD"
  run --separate-stderr "$EVTOOL" timer timeout 10 true
  one_line 125 "evtool timer: extra operand 'true'; a command comes after --"
  run -127 --separate-stderr "$EVTOOL" timer timeout 10 -- ./nosuch
  one_line 127 "evtool timer: ./nosuch: No such file or directory"
}

@test "options may come before the word timeout: what is wrong is 125 there too, and 2 only where that word is a value" {
  for words in "--verbose timeout 5x -- true" "-k 1x timeout 5 -- true" "--no-such timeout 5 -- true" \
    "--backend epoll -s INT timeout 5" "--json-file /nosuch/report timeout 5 -- true" "-qk1 timeout" "--kill-after=2 timeout 1 true"; do
    # shellcheck disable=SC2086
    run -125 --separate-stderr "$EVTOOL" timer $words
    one_line 125 "$stderr"
  done
  run -2 "$EVTOOL" timer -k timeout 5x
  run -2 "$EVTOOL" timer --backend timeout 5
  run -124 "$EVTOOL" timer --backend epoll -s INT -k 10 timeout .05 -- sleep 10
  run -2 "$EVTOOL" timer -p timeout 10 -- sh -c 'exit 2'
}

@test "what is ours and fails is 125 also where the command did well" {
  # shellcheck disable=SC2016
  run --separate-stderr bash -c '"$1" timer timeout 10 --json-file fd:9 -- true 9>/dev/full' _ "$EVTOOL"
  one_line 125 "evtool timer: fd:9: No space left on device"
  run -1 "$EVTOOL" timer timeout 10 --json-file report -- false
}

@test "a command that a signal ended: 128+n, 137 where it was killed, --preserve-status" {
  # shellcheck disable=SC2016
  alike 143 10 -- sh -c 'kill -TERM $$'
  alike 137 --signal=KILL .05 -- sleep 10
  alike 137 --foreground -s 9 .05 -- sleep 10
  alike 124 -s INT .05 -- sleep 10
  alike 143 --preserve-status .05 -- sleep 10
  alike 5 --preserve-status .3 -- bash -c 'trap "exit 5" TERM; while :; do sleep .01; done'
  alike 124 .3 -- bash -c 'trap "exit 5" TERM; while :; do sleep .01; done'
}

@test "any signal will do, also one that ends nothing, a real-time one and none" {
  for signal in 0 CONT RTMIN+1 ALRM 143 hup; do alike 124 -s $signal .05 -- sleep .2; done
}

@test "signals that our parent blocks still end the run, and end the command" {
  blocked=(env --block-signal=TERM --block-signal=ALRM --block-signal=CHLD)
  run -124 "${blocked[@]}" "$EVTOOL" timer timeout .05 -- sleep 10
  [ "$("$ending" --caught ALRM --send TERM "${blocked[@]}" "$EVTOOL" timer timeout 10 -- sleep 10)" = "signal 15" ]
}

@test "a parent that ignores SIGCHLD changes nothing" {
  alike_under() { run -"$1" env --ignore-signal=CHLD "$EVTOOL" timer timeout "${@:2}"; }
  alike_under 0 10 -- true
  alike_under 3 10 -- sh -c 'exit 3'
  alike_under 124 .05 -- sleep 10
}

@test "--kill-after kills what ignores the first signal" {
  alike 137 --kill-after=.05 .05 -- env --ignore-signal=TERM sleep 10
  alike 124 --kill-after=10 .05 -- sleep 10
  alike 124 --kill-after=0 .05 -- sleep 10
  alike 124 -k .05 .05 -- sleep 10
  alike 137 --preserve-status -k .05 .05 -- env --ignore-signal=TERM sleep 10
  alike 137 -k .05 --foreground .05 -- env --ignore-signal=TERM sleep 10
}

@test "a command that a signal ended ends us by it, without another core file" {
  [ "$("$ending" "$EVTOOL" timer timeout 10 -- sh -c 'kill -USR2 $$')" = "signal 12" ]
  ulimit -c unlimited
  [ "$("$ending" "$EVTOOL" timer timeout 10 -- sh -c 'ulimit -c 0; kill -QUIT $$')" = "signal 3" ]
}

@test "a command that dumps core is told" {
  ulimit -c unlimited || skip "no core files"
  # shellcheck disable=SC2016
  run --separate-stderr timeout 10 sh -c 'kill -QUIT $$'
  [ "$stderr" = "timeout: the monitored command dumped core" ] || skip "no core files here"
  # A sanitizer takes the limit away, and so the command's.
  # shellcheck disable=SC2016
  ASAN_OPTIONS="${ASAN_OPTIONS-}:disable_coredump=0" \
    run --separate-stderr "$EVTOOL" timer timeout 10 -- sh -c 'kill -QUIT $$'
  one_line 131 "evtool timer: the monitored command dumped core"
}

@test "signals are passed on, and SIGALRM means that the time is over" {
  for signal in INT HUP TERM USR1 USR2; do
    run "$ending" --caught ALRM --send $signal "$EVTOOL" timer timeout 10 -- sleep 10
    [ "$output" = "signal $(kill -l $signal)" ]
  done
  run "$ending" --caught ALRM --send ALRM "$EVTOOL" timer timeout 10 -- sleep 10
  [ "$output" = "exit 124" ]
}

# is_gone PID: it ends soon. A zombie has ended.
is_gone() {
  for _ in {1..500}; do
    [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" || return 0
    sleep 0.01
  done
  return 1
}

@test "the whole group is ended, with --foreground the command alone" {
  # shellcheck disable=SC2016
  run -124 "$EVTOOL" timer timeout .1 -- bash -c 'sleep 100 >/dev/null & echo $!; wait'
  is_gone "$output"
  # shellcheck disable=SC2016
  run -124 "$EVTOOL" timer timeout --foreground .1 -- bash -c 'sleep 100 >/dev/null 2>&1 3>&- & echo $!; wait'
  [ -d "/proc/$output" ]
  kill "$output"
}

@test "what somebody sends us reaches the whole group" {
  # shellcheck disable=SC2016
  script='sleep 100 >/dev/null 2>&1 & echo $! >grandchild; echo started >&2; wait'
  run --separate-stderr "$ending" --send TERM "$EVTOOL" timer timeout 60 -- bash -c "$script"
  [ "$output" = "signal 15" ]
  is_gone "$(<grandchild)"
}

@test "timeouts in timeouts: the inner one ends its command when the outer one is over" {
  # shellcheck disable=SC2016
  script='echo $$ >command; exec sleep 100'
  run -124 "$EVTOOL" timer timeout .2 -- "$EVTOOL" timer timeout 60 -- sh -c "$script"
  is_gone "$(<command)"
  run -124 "$EVTOOL" timer timeout 60 -- "$EVTOOL" timer timeout .05 -- sleep 60
  run -124 timeout .2 "$EVTOOL" timer timeout 60 -- sh -c "$script"
  is_gone "$(<command)"
  run -124 "$EVTOOL" timer timeout .2 -- timeout 60 sh -c "$script"
  is_gone "$(<command)"
}

@test "we survive ending the group, also where it is that of our parent" {
  # shellcheck disable=SC2016
  run -0 bash -c '"$1" timer timeout .05 -- sleep 10; [ $? -eq 124 ]; echo alive' _ "$EVTOOL"
  [ "$output" = alive ]
}

@test "a stopped command is continued, so that it can end" {
  # shellcheck disable=SC2016
  alike 124 .1 -- sh -c 'kill -STOP $$; sleep 10'
  alike 137 -s KILL .1 -- sh -c 'kill -STOP $$; sleep 10'
}

@test "-v and --verbose say which signal is sent" {
  run --separate-stderr "$EVTOOL" timer timeout -v -s INT .05 -- sleep 10
  one_line 124 "evtool timer: sending signal INT to command 'sleep'"
  run --separate-stderr "$EVTOOL" timer timeout -v -k .05 .05 -- env --ignore-signal=TERM sleep 10
  [ "${stderr_lines[1]}" = "evtool timer: sending signal KILL to command 'env'" ]
}

@test "in the foreground of a terminal the command may use the terminal" {
  in_terminal "$EVTOOL" timer timeout 5 -- stty sane
  run in_terminal "$EVTOOL" timer timeout .1 -- sh -c 'sleep 100 & wait'
  [ "$status" -eq 124 ]
}

@test "--json-file tells whether the time was over" {
  run -124 "$EVTOOL" timer timeout .05 --json-file report -- sleep 10
  json_is report 'r["mode"] == "timeout" and r["timed_out"] is True and r["exit"] == 124'
  run -3 "$EVTOOL" timer timeout 10 --json-file report -- sh -c 'exit 3'
  json_is report 'r["timed_out"] is False and r["exit"] == 3'
}

@test "an unprivileged user has the same" {
  [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
  user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  run -124 "${user[@]}" "$EVTOOL" timer timeout .05 -- sleep 10
  run -137 "${user[@]}" "$EVTOOL" timer timeout -s KILL .05 -- sleep 10
}
