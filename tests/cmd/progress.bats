#!/usr/bin/env bats
# Progress: a bar on a terminal that asked for it, at most ten times a second, and one line for SIGUSR1.
load common

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/zero >input
}

# shown ARGUMENT…: what a terminal sees of a probe that reads 3 000 000 bytes.
shown() {
  # shellcheck disable=SC2016
  in_terminal bash -c 'exec "$0" "$@" <input' "$probe" --drain "$@" >screen
}

@test "a bar is drawn on a terminal, and its last state stays" {
  shown -p
  tr '\r' '\n' <screen | grep -E '^2\.8 MiB [0-9:]+ +[0-9.]+ [KMG]iB/s|^2\.8 MiB '
  [ "$(tail -c 1 screen | od -An -c | tr -d ' ')" = '\n' ]
}

@test "it is drawn at most ten times a second" {
  before=$(date +%s%N)
  shown -p
  after=$(date +%s%N)
  draws=$(tr -cd '\r' <screen | wc -c)
  [ "$draws" -ge 1 ]
  # Each line end of a terminal is a carriage return too: the note of the probe, and the end of the bar.
  [ "$draws" -le $(((after - before) / 100000000 + 4)) ]
}

@test "there is none with --quiet, with --json, or where nobody asked" {
  for words in "-p -q" "-p --json-file=report" ""; do
    # shellcheck disable=SC2086
    shown $words
    run ! grep -a MiB screen
  done
}

@test "there is none where the stream is no terminal" {
  run --separate-stderr bash -c '"$1" -p --drain <input' _ "$probe"
  one_line 0 "evtool probe: 0 operands"
}

@test "SIGUSR1 asks for one line, also while nothing moves" {
  run --separate-stderr "$ending" --send USR1 "$probe" --drain
  [ "$output" = "exit 0" ]
  [ "$stderr" = $'evtool probe: 0 operands\nevtool probe: 0 B, 0 B/s' ]
}
