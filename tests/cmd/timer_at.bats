#!/usr/bin/env bats
# evtool timer at: the wall clock, also when it is stepped.
load timer

setup() { cd "$BATS_TEST_TMPDIR"; }

stepped="$EVT_BUILD_DIR/tests/cmd/stepped"

# in_ms MILLISECONDS: that point in time, as @SECONDS.
in_ms() {
  local us=$((${EPOCHREALTIME/[.,]/} + $1 * 1000))
  printf '@%d.%06d' $((us / 1000000)) $((us % 1000000))
}

# step AFTER BY TIME [WORD]...: `timer at` with a wall clock that is stepped.
step() { env EVT_STEP_AFTER_MS="$1" EVT_STEP_BY_MS="$2" "$stepped" timer at "${@:3}"; }

@test "waits for a point in time, and no longer" {
  takes 150 5000 "$EVTOOL" timer at "$(in_ms 200)"
  takes 50 5000 "$EVTOOL" timer at "$(in_ms 100)" --spin 5ms
  takes 0 1000 "$EVTOOL" timer at @0
  takes 0 1000 "$EVTOOL" timer at 2001-01-01T00:00:00Z
  takes 0 1000 "$EVTOOL" timer at 2001-01-01 00:00
}

@test "the time of day and RFC 3339 are understood, in the local time zone" {
  for time in "$(date -d '+1 hour' +%H:%M:%S)" "$(date -d '+1 hour' +%Y-%m-%dT%H:%M:%S)" \
    "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" "$(TZ=Asia/Kolkata date -d '+1 hour' --rfc-3339=seconds)"; do
    run --separate-stderr "$ending" --caught INT --send INT "$EVTOOL" timer at "$time"
    [ "$output" = "signal 2" ]
    [[ $stderr =~ of\ (3600|359[0-9])\ s$ ]]
  done
}

@test "a clock that is set forward past the time ends the wait at once" {
  [ -x "$stepped" ]
  takes 90 5000 step 100 3600000 "$(in_ms 3600000)"
}

@test "a clock that is set back prolongs the wait" {
  takes 850 5000 step 200 -300 "$(in_ms 600)"
  takes 250 5000 step 0 -100 "$(in_ms 200)" --json-file report
  json_is report 'r["mode"] == "at" and r["lateness"]["count"] == 1 and r["lateness"]["min_ns"] < 10**9'
}

@test "a clock that is set back while --spin watches it prolongs the wait too" {
  takes 850 5000 step 200 -300 "$(in_ms 600)" --spin 500ms
}

@test "a command is run at that time, across a step too, and its status is ours" {
  run -3 "$EVTOOL" timer at "$(in_ms 50)" -- sh -c 'echo ran; exit 3'
  [ "$output" = ran ]
  run step 50 3600000 "$(in_ms 3600000)" -- echo ran
  [ "$output" = ran ]
}

@test "what is no time is refused, and quoted" {
  for word in x '' 25:00 2026-02-30T00:00:00Z @-1 15; do
    run --separate-stderr "$EVTOOL" timer at "$word"
    [ "$status" -eq 2 ]
    [[ $stderr == "evtool timer: '$word' is "*"; expected a time such as 15:30, 2026-11-25T15:30:00Z or @1764084600" ]]
  done
  run --separate-stderr "$EVTOOL" timer at
  one_line 2 "evtool timer: missing operand: at TIME"
}
