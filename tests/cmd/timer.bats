#!/usr/bin/env bats
# evtool timer DURATION…: how long it sleeps, what it refuses, and what it tells.
load timer

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "sleeps as long as it was told, never less" {
  takes 200 3000 "$EVTOOL" timer 0.2
  takes 30 3000 "$EVTOOL" timer 30ms
  takes 0 3000 "$EVTOOL" timer 0
}

@test "several durations add up, as sleep's do" {
  takes 150 3000 "$EVTOOL" timer 100ms 50ms 0
  timeout --signal=INT 0.1 "$EVTOOL" timer 1s inf 2>said || [ $? -eq 124 ]
  grep -x 'evtool timer: slept .* ms of inf' said
}

@test "--spin is never early, and wakes within a few microseconds" {
  "$EVTOOL" timer 20ms --spin 5ms --json-file report
  json_is report 'r["mode"] == "sleep" and r["elapsed_ns"] >= 20_000_000 and r["lateness"]["count"] == 1'
}

@test "what is no duration is refused, and quoted" {
  example='expected a duration such as 250ms, 5s or 1m30s'
  while IFS='|' read -r word why; do
    run --separate-stderr "$EVTOOL" timer 0 "$word"
    one_line 2 "evtool timer: '$word' $why; $example"
  done <<'END'
x|is not a number
|is not a number
nan|is not a number
1x|has junk after the number
1s1m|has its units out of order
99999999999999999999|is too large
300000d|is too large
END
  run --separate-stderr "$EVTOOL" timer
  one_line 2 "evtool timer: missing operand: DURATION...|every|at|timeout WHEN [-- CMD]"
  run --separate-stderr "$EVTOOL" timer -5
  one_line 2 "evtool timer: unknown option '-5'"
  run --separate-stderr "$EVTOOL" timer 1 --spin -1ms
  one_line 2 "evtool timer: --spin: '-1ms' is negative; $example"
  run --separate-stderr "$EVTOOL" timer 1 --spin 2s
  one_line 2 "evtool timer: option '--spin': more than a second would only be warmth"
}

@test "--stats tells how late it was, with a histogram" {
  run --separate-stderr "$EVTOOL" timer 5ms --stats
  [ "$status" -eq 0 ]
  [[ ${stderr_lines[0]} =~ ^evtool\ timer:\ slept\ .*\ of\ 5.0\ ms\;\ late\ by\ p50\ .*,\ p99\ .*,\ max\  ]]
  [[ ${stderr_lines[1]} =~ ^\ *\<=\ [0-9.]+\ [mun]s\ +1\ \#{40}$ ]]
  [[ ${stderr_lines[2]} == "evtool timer: backend="*" operations=timer:1 "* ]]
}

@test "SIGINT ends it by that signal, and it says how far it was; -q says nothing" {
  run --separate-stderr "$ending" --caught INT --send INT "$EVTOOL" timer inf
  [ "$output" = "signal 2" ]
  [[ $stderr =~ ^evtool\ timer:\ slept\ [0-9.]+\ [mu]s\ of\ inf$ ]]
  run --separate-stderr "$ending" --caught INT --send INT "$EVTOOL" timer -q inf
  [ "$output" = "signal 2" ]
  [ -z "$stderr" ]
}

@test "an ignored SIGINT stays ignored" {
  run "$ending" --caught USR1 --send INT env --ignore-signal=INT "$EVTOOL" timer 50ms
  [ "$output" = "exit 0" ]
}

@test "SIGUSR1 prints a line and the sleep goes on" {
  run --separate-stderr "$ending" --caught INT --send USR1 "$EVTOOL" timer 100ms
  [ "$output" = "exit 0" ]
  [[ $stderr =~ ^evtool\ timer:\ [0-9.]+\ [mu]s\ of\ 100\ ms$ ]]
}
