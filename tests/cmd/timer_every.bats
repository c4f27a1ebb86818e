#!/usr/bin/env bats
# evtool timer every: ticks without drift, commands that are run at them, and the screen.
load timer

setup() { cd "$BATS_TEST_TMPDIR"; }

every() { "$EVTOOL" timer every "$@"; }

@test "prints a line a tick: number, when it was due, how late it was" {
  every 20ms --count 5 >lines
  python3 -IS - <<'END'
rows = [line.rstrip("\n").split("\t") for line in open("lines")]
assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"], rows
assert [row[1] for row in rows] == [f"0.{20 * n:03}000000" for n in range(1, 6)], rows
assert all(0 <= float(row[2]) < 1 for row in rows), rows
END
}

@test "does not drift: the last of many ticks is as late as the first" {
  every 1ms --count 500 -q --json-file report
  json_is report '500e6 <= r["elapsed_ns"] < 900e6 + r["lateness"]["max_ns"] and r["lateness"]["count"] + r["missed"] == 500'
}

@test "ticks that were missed are told too, each with its lateness" {
  run every 100us --count 300
  [ "${#lines[@]}" -eq 300 ]
  [[ ${lines[299]} == "300	0.030000000	"* ]]
}

@test "--splay delays each tick, and lets none come early" {
  every 10ms --count 10 --splay 10ms >lines
  awk -F '\t' '{ late = $2 - NR * 0.01; if (late < -1e-9 || late > 0.010001) exit 1; sum += late }
    END { exit !(NR == 10 && sum > 0) }' lines
}

@test "a reader that leaves ends it silently, a full disk is told" {
  run --separate-stderr "$ending" --broken-pipe "$EVTOOL" timer every 1ms
  [ "$output" = "signal 13" ]
  [ -z "$stderr" ]
  # shellcheck disable=SC2016
  run --separate-stderr timeout 10 bash -c '"$1" timer every 1ms >/dev/full' _ "$EVTOOL"
  one_line 1 "evtool timer: standard output: No space left on device"
}

@test "SIGINT prints a summary and ends it by that signal, SIGUSR1 prints how far it is" {
  run --separate-stderr "$ending" --caught INT --send USR1 --send INT "$EVTOOL" timer every 10s
  [ "$output" = "signal 2" ]
  [[ ${stderr_lines[-1]} =~ ^evtool\ timer:\ 0\ ticks,\ 0\ missed,\ in\  ]]
}

@test "a command is run at once and at every tick, and the last status is ours" {
  run every 5ms --count 3 -- echo hello
  [ "$output" = "hello
hello
hello" ]
  run -3 every 5ms --count 2 -- sh -c 'exit 3'
  run -143 every 5ms -c 1 -- sh -c 'kill $$'
  run -127 every 5ms -- ./nosuch
  run -0 every 5ms -c 0 -- false
}

@test "--until-failure and --until-success stop at the first" {
  echo 0 >count
  counts='read n <count; echo $((n + 1)) >count;'
  run -7 every 5ms --until-failure -- sh -c "$counts"' [ $n -lt 3 ] || exit 7'
  [ "$(cat count)" = 4 ]
  run -0 every 5ms --until-success -- sh -c "$counts"' [ $n -ge 6 ]'
  [ "$(cat count)" = 7 ]
  run -1 every 5ms --until-success --count 2 -- false
}

@test "while a command runs ticks are skipped, or with --overlap=queue made up for" {
  every 20ms --count 2 --json-file report -- sleep 0.05
  json_is report 'r["runs"] == 2 and r["skipped"] >= 1'
  every 20ms --count 3 --overlap queue --json-file report -- sleep 0.05
  json_is report 'r["runs"] == 3 and r["skipped"] == 0 and r["elapsed_ns"] < 1e9'
}

@test "--overlap=kill ends a command that still runs, with its group, before the next" {
  # shellcheck disable=SC2016
  third='echo $$ >>runs; [ $(wc -l <runs) -ge 3 ] || { sleep 5; sleep 5; }'
  takes 95 4000 every 50ms --until-success --overlap kill -- sh -c "$third"
  rm runs
  takes 95 4000 every 50ms --until-success --overlap kill -s INT -k 10ms -- sh -c "trap '' INT; $third"
}

@test "a signal is passed on to the command, which decides how long it takes" {
  for signal in INT TERM HUP; do
    run --separate-stderr "$ending" --caught INT --send $signal "$EVTOOL" timer every 10s -- sleep 30
    [ "$output" = "signal $(kill -l $signal)" ]
  done
  run --separate-stderr "$ending" --caught INT --send USR1 "$EVTOOL" timer every 10ms -c 1 -- sleep 30
  [ "$output" = "exit 138" ]
}

@test "--screen shows what the command prints on the alternate screen, and gives the terminal back" {
  run in_terminal "$EVTOOL" timer every 20ms -c 2 --screen -- sh -c 'printf "hello\033[31m\007\n"; echo error >&2'
  [ "$status" -eq 0 ]
  [[ $output == $'\e[?1049h\e[?25l\e[?2026h\e[H'*'every 20.0 ms'*'hello\x07'$'\e[K'*error$'\e[K\e[J\e[?2026l'* ]]
  [[ $output == *$'\e[?25h\e[?1049l' ]]
  run in_terminal "$EVTOOL" timer every 20ms -c 1 --screen --color=never -- sh -c 'exit 4'
  [ "$status" -eq 4 ]
  [[ $output == *'exit 4 '* ]]
}

@test "--differences shows what changed in reverse" {
  # shellcheck disable=SC2016
  run in_terminal "$EVTOOL" timer every 20ms -c 2 --screen -d -- sh -c 'echo x >>runs; echo "run $(wc -l <runs)."'
  [[ $output == *'run 1.'*$'run \e[7m2\e[27m.\e[K'* ]]
}

@test "SIGINT gives the terminal back before it ends the run" {
  run in_terminal "$ending" --caught INT --send INT "$EVTOOL" timer every 10s --screen -- sh -c 'echo shown; exec sleep 30'
  [[ $output == *'signal 2'* ]]
  [[ $output != *$'\e[?1049h'* || $output == *$'\e[?1049l'* ]]
}

@test "what does not go together is refused" {
  while IFS='|' read -r words why; do
    # shellcheck disable=SC2086
    run --separate-stderr "$EVTOOL" timer $words
    one_line 2 "evtool timer: $why"
  done <<'END'
every|missing operand: every DURATION
every 0|'0': ticks need some time in between
every 1s echo|extra operand 'echo'; a command comes after --
every 1s --splay 2s|option '--splay' is longer than the interval
every 1s --overlap=kill|option '--overlap' needs every and a command
every 1s --until-failure|option '--until-failure' needs every and a command
every 1s -s INT -- true|option '--signal' needs timeout or --overlap=kill
every 1s -v -- true|option '-v' needs timeout
every 1s -d -- true|option '--differences' needs --screen
every 1s --screen -- true|option '--screen' needs a terminal on standard output
every 1s --overlap=no -- true|--overlap: 'no' is none of skip, queue and kill
every 1s --json|option '--json' needs '--json-file' here: standard output carries data
1s --count 3|option '--count' needs every
1s -- true|a command needs every, at or timeout
at @0 --splay 1s|option '--splay' needs every
END
}
