#!/usr/bin/env bats
# What holds for the command line of every applet that --list knows, and of evtool itself.
bats_require_minimum_version 1.5.0

setup() {
  [ -x "$EVTOOL" ]
  cd "$BATS_TEST_TMPDIR"
  mapfile -t applets < <("$EVTOOL" --list | cut -f1)
  [ "${#applets[@]}" -ge 1 ]
}

# each COMMAND: calls it with the words that run each applet, and with those that run evtool itself.
each() {
  "$1" "$EVTOOL"
  for applet in "${applets[@]}"; do "$1" "$EVTOOL" "$applet"; done
}

shows_help() {
  for option in --help -h; do
    run --separate-stderr "$@" "$option"
    [ "$status" -eq 0 ]
    [[ $output == "Usage: evtool"* ]]
    [ -z "$stderr" ]
  done
}
@test "--help and -h exit 0 and speak on stdout only" { each shows_help; }

shows_version() {
  for option in --version -V; do
    run --separate-stderr "$@" "$option"
    [ "$status" -eq 0 ]
    [[ $output =~ ^evtool\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    [ -z "$stderr" ]
  done
}
@test "--version and -V exit 0 and print one line on stdout only" { each shows_version; }

refuses_unknown_options() {
  for option in --no-such-option '-?'; do
    run --separate-stderr "$@" "$option"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == *": unknown option '$option'"* ]]
  done
}
@test "an unknown option exits 2 and is named on stderr only, in one line" { each refuses_unknown_options; }

fits_a_terminal() {
  "$@" --help >help
  [ -s help ]
  run ! grep -nE '.{81}|[[:space:]]$' help
}
@test "help fits into 80 columns and leaves no blanks at line ends" { each fits_a_terminal; }

# help_options FILE: the spellings that a help text shows.
help_options() { sed -nE 's/^  (    |-)([-A-Za-z0-9].*)/\1\2/p' "$1" | grep -oE '^ *-[^ ,]+(, --[^ ]+)?' | tr -d ' ' | sort; }

shows_the_table() {
  "$@" --help >help
  "$EVTOOL" --list "${2:-evtool}" | awk -F'\t' '{ text = $2 == "-" ? "" : "-" $2
    if ($3 != "-") text = text (text == "" ? "" : ",") "--" $3
    print text ($4 == "-" ? "" : "=" $4) }' | sort >table
  [ "$(wc -l <table)" -ge 10 ]
  diff table <(help_options help)
}
@test "help shows every option of the table, and no other" { each shows_the_table; }

reserves_letters() {
  "$EVTOOL" --list "${2:-evtool}" >table
  cut -f2 table | grep -vx -- - | sort >letters
  [ "$(wc -l <letters)" -ge 3 ]
  [ -z "$(uniq -d letters)" ]
  diff <(printf '%s\n' 'V version' 'h help' 'q quiet') <(awk -F'\t' '$2 ~ /^[hVq]$/ { print $2, $3 }' table | LC_ALL=C sort)
}
@test "-h, -V and -q mean help, version and quiet everywhere, and no letter means two things" { each reserves_letters; }

explains_values() {
  "$@" --help >help
  "$EVTOOL" --list "${2:-evtool}" | cut -f4 | grep -xE 'SIZE|RATE|DURATION' | sort -u >kinds || true
  sed -n '/^Values:$/,/^$/p' help | sed -nE 's/^  ([A-Z]+) .*/\1/p' | sort >explained
  diff kinds explained
}
@test "help explains the grammar of each kind of value that its options take, and no other" {
  "$EVTOOL" --list cat | cut -f4 | grep -qx SIZE
  each explains_values
}
