#!/usr/bin/env bats
# How runs end: by signals that the parent sees, and never with 0 where output was lost.
load common

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "a run that ends by a signal dies by it" {
  for number in 2 13 15; do [ "$("$ending" "$probe" -q --die-by=$number)" = "signal $number" ]; done
}

@test "a signal that the parent ignores cannot end a run: the exit code tells it" {
  [ "$("$ending" env --ignore-signal=INT "$probe" -q --die-by=2)" = "exit 130" ]
}

@test "SIGINT kills, SIGUSR1 does not" {
  [ "$("$ending" --send INT "$probe" --drain)" = "signal 2" ]
  [ "$("$ending" --send USR1 "$probe" --drain)" = "exit 0" ]
}

@test "an inherited SIG_IGN is honoured" {
  [ "$("$ending" --send INT env --ignore-signal=INT "$probe" --drain)" = "exit 0" ]
  [ "$("$ending" --send USR1 env --ignore-signal=USR1 "$probe" --drain)" = "exit 0" ]
}

@test "a stdout that nobody reads kills silently, or fails where SIGPIPE is ignored" {
  for option in --help --version --list --completions=bash; do
    run --separate-stderr "$ending" --broken-pipe "$EVTOOL" "$option"
    [ "$output" = "signal 13" ]
    [ -z "$stderr" ]
  done
  run --separate-stderr "$ending" --broken-pipe env --ignore-signal=PIPE "$EVTOOL" --list
  [ "$output" = "exit 1" ]
  [ "$stderr" = "evtool: standard output: Broken pipe" ]
}

@test "a full stdout is never exit 0" {
  for words in --help --version --list "--list cat" --completions=fish "cat --help" "cat --version"; do
    # shellcheck disable=SC2086
    run --separate-stderr bash -c '"$@" >/dev/full' _ "$EVTOOL" $words
    [[ $words == cat* ]] && name="evtool cat" || name=evtool
    one_line 1 "$name: standard output: No space left on device"
  done
}

@test "a closed stdout is told, not taken for another file" {
  for words in --help --list "cat --help"; do
    # shellcheck disable=SC2086
    run --separate-stderr bash -c '"$@" >&-' _ "$EVTOOL" $words
    [[ $words == cat* ]] && name="evtool cat" || name=evtool
    one_line 1 "$name: standard output: Bad file descriptor"
  done
}

@test "with all three descriptors closed no file of ours becomes one of them" {
  run bash -c '"$1" --json --trace=trace word <&- >&- 2>&-' _ "$probe"
  [ "$status" -eq 1 ]
  python3 -c 'import json; assert json.load(open("trace")) == []'
  run bash -c '"$1" --json-file=report word <&- >&- 2>&-' _ "$probe"
  [ "$status" -eq 0 ]
  python3 -c 'import json; assert json.load(open("report"))["tool"] == "probe"'
}

@test "messages that nobody can read change nothing" {
  run bash -c '"$1" word 2>/dev/full' _ "$probe"
  [ "$status" -eq 0 ]
  run bash -c '"$1" --nosuch 2>&-' _ "$probe"
  [ "$status" -eq 2 ]
}
