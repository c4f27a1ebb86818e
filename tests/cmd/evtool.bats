#!/usr/bin/env bats
# Which applet runs: by the first operand, or by the name of the link; and what evtool says by itself.
load common

setup() {
  cd "$BATS_TEST_TMPDIR"
  printf 'some text\n' >file
}

# called NAME ARGUMENT…: evtool through a symbolic link of that name. called_in_vain: where that is no applet's.
called() {
  ln -sfn "$EVTOOL" "$1"
  run --separate-stderr "./$1" "${@:2}"
}
called_in_vain() {
  ln -sfn "$EVTOOL" "$1"
  run -127 --separate-stderr "./$1" "${@:2}"
}

@test "the first operand names the applet" {
  run --separate-stderr "$EVTOOL" cat file
  [ "$status" -eq 0 ]
  [ "$output" = "some text" ]
}

@test "links called cat, evtool-cat and ev-cat run cat, wherever they are" {
  mkdir folder
  for name in cat evtool-cat ev-cat folder/cat folder/evtool-cat; do
    called "$name" file
    [ "$status" -eq 0 ]
    [ "$output" = "some text" ]
  done
}

@test "a link is not followed: its own name counts, not its target's" {
  ln -s "$EVTOOL" evtool-nosuch
  ln -s evtool-nosuch cat
  run --separate-stderr ./cat file
  [ "$output" = "some text" ]
  run -127 --separate-stderr ./evtool-nosuch file
  one_line 127 "evtool: no applet is called 'nosuch'"
}

@test "an unknown applet is exit 127 and the nearest one is suggested" {
  run -127 --separate-stderr "$EVTOOL" cta file
  one_line 127 "evtool: no applet is called 'cta'; did you mean 'cat'?"
  called_in_vain ev-ca file
  one_line 127 "evtool: no applet is called 'ca'; did you mean 'cat'?"
  run -127 --separate-stderr "$EVTOOL" nothing-like-it
  one_line 127 "evtool: no applet is called 'nothing-like-it'"
  run -127 --separate-stderr "$EVTOOL" ''
  one_line 127 "evtool: no applet is called ''"
}

@test "any other name is evtool itself" {
  called something --list
  [ "$status" -eq 0 ]
  [[ $output == *cat* ]]
  run bash -c 'exec -a "" "$1" cat file' _ "$EVTOOL"
  [ "$output" = "some text" ]
}

@test "errors are told in the applet's name, whatever the link is called" {
  called ev-cat --nosuch
  one_line 2 "evtool cat: unknown option '--nosuch'"
}

@test "options before the applet count for the applet, and so do its own" {
  run --separate-stderr "$EVTOOL" --color=always cat --help
  [ "$status" -eq 0 ]
  [[ $output == "Usage: evtool cat "*$'\e[1m'* ]]
  run --separate-stderr "$EVTOOL" --help cat
  [[ $output == "Usage: evtool cat "* ]]
  run --separate-stderr "$EVTOOL" --stats cat file
  [ "$output" = "some text" ]
  [[ $stderr == "evtool cat: backend="* ]]
}

@test "-- before the applet changes nothing; after it every word is an operand" {
  run --separate-stderr "$EVTOOL" -- cat file
  [ "$output" = "some text" ]
  printf 'dashed\n' >--help
  run --separate-stderr "$EVTOOL" cat -- --help
  [ "$output" = "dashed" ]
}

@test "without an applet it is a usage error that says where they are listed" {
  run --separate-stderr "$EVTOOL"
  one_line 2 "evtool: no applet given; 'evtool --help' lists them"
  run --separate-stderr "$EVTOOL" --stats
  one_line 2 "evtool: no applet given; 'evtool --help' lists them"
}

@test "--list prints a line an applet: name, operands, summary" {
  run --separate-stderr "$EVTOOL" --list
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -ge 1 ]
  for line in "${lines[@]}"; do [[ $line =~ ^[a-z-]+$'\t'[^$'\t']+$'\t'[^$'\t']+$ ]]; done
  [ -z "$stderr" ]
}

@test "--list APPLET prints a line an option: applet, letter, name, value, help" {
  run --separate-stderr "$EVTOOL" --list cat evtool
  [ "$status" -eq 0 ]
  [[ $output == *$'cat\to\toutput\tFILE\t'* ]]
  [[ $output == *$'evtool\t-\tlist\t-\t'* ]]
  [[ $output == *$'evtool\th\thelp\t-\t'* ]]
  for line in "${lines[@]}"; do [ "$(tr -cd '\t' <<<"$line" | wc -c)" -eq 4 ]; done
  run -127 --separate-stderr "$EVTOOL" --list nosuch
  one_line 127 "evtool: no applet is called 'nosuch'"
}

@test "evtool refuses what it would have to ignore" {
  run --separate-stderr "$EVTOOL" --symbolic
  one_line 2 "evtool: option '--symbolic' needs --install"
  run --separate-stderr "$EVTOOL" --bare cat file
  one_line 2 "evtool: option '--bare' needs --install"
  run --separate-stderr "$EVTOOL" --list --completions=bash
  one_line 2 "evtool: options --list, --completions and --install exclude each other"
  run --separate-stderr "$EVTOOL" --completions=bash cat
  one_line 2 "evtool: extra operand 'cat' after --completions"
  run --separate-stderr "$EVTOOL" --list --json
  one_line 2 "evtool: option '--json' needs an applet, not --list"
  run --separate-stderr "$EVTOOL" --trace=file --list
  one_line 2 "evtool: option '--trace' needs an applet, not --list"
  [ "$(cat file)" = "some text" ]
  run --separate-stderr "$EVTOOL" --completions=tcsh
  one_line 2 "evtool: --completions: 'tcsh' is none of bash, zsh and fish"
}
