#!/usr/bin/env bats
# ./dev sets up what is missing and nothing else, on a machine made of stubs: PATH holds them and nothing more.
bats_require_minimum_version 1.5.0

setup() {
  # Not below BATS_TEST_TMPDIR, which only its owner may enter.
  MACHINE=$(mktemp -d)
  chmod 755 "$MACHINE"
  export LOG="$MACHINE/log" HOUSE="$MACHINE/house" STUBS="$MACHINE/stubs"
  mkdir -p "$HOUSE/build/release" "$STUBS"
  cp "$BATS_TEST_DIRNAME/../../dev" "$HOUSE"
  touch "$LOG" && chmod 666 "$LOG"
  local tool
  for tool in bash dirname nproc env cat; do ln -s "$(command -v $tool)" "$STUBS/$tool"; done
  stub g++ ':'
  stub ninja ':'
  stub cmake 'echo "cmake $*" >>"$LOG"; echo noise'
  stub pkg-config ':'
  printf '#!/bin/bash\nprintf "[%%s]" "$@"\n' >"$HOUSE/build/release/evtool"
  chmod +x "$HOUSE/build/release/evtool"
}

teardown() { rm -r "$MACHINE"; }

# stub NAME SCRIPT
stub() {
  rm -f "$STUBS/$1"
  printf '#!/bin/bash\n%s\n' "$2" >"$STUBS/$1"
  chmod +x "$STUBS/$1"
}

# As somebody who is not root, also when the tests are run by root.
as_user() {
  if ((EUID == 0)); then
    setpriv --reuid 65534 --clear-groups "$@"
  else
    "$@"
  fi
}

dev() { PATH="$STUBS" "$HOUSE/dev" "$@"; }

@test "run prints what evtool prints, and hands over its arguments" {
  run --separate-stderr dev run cat 'a b' --
  [ "$status" -eq 0 ]
  [ "$output" = "[cat][a b][--]" ]
}

@test "run without arguments shows the help" {
  run --separate-stderr dev run
  [ "$output" = "[--help]" ]
}

@test "run takes paths from where it is called" {
  printf '#!/bin/bash\npwd\n' >"$HOUSE/build/release/evtool"
  mkdir "$MACHINE/elsewhere"
  cd "$MACHINE/elsewhere"
  run --separate-stderr dev run cat file
  [ "$output" = "$MACHINE/elsewhere" ]
}

@test "nothing is installed when nothing is missing" {
  stub apt-get 'echo "apt-get $*" >>"$LOG"'
  run dev run
  [ "$status" -eq 0 ]
  run ! grep apt-get "$LOG"
  grep cmake "$LOG"
}

@test "what is missing is installed, by Debian's name" {
  ((EUID == 0)) || skip "needs root"
  stub pkg-config '[[ $2 != liburing ]]'
  stub apt-get 'echo "apt-get $*" >>"$LOG"'
  run dev run
  [ "$status" -eq 0 ]
  grep -E '^apt-get .*install.* liburing-dev ' "$LOG"
  run ! grep -E 'libfmt-dev|libgtest-dev' "$LOG"
}

@test "somebody who is not root installs through sudo" {
  stub pkg-config '[[ $2 != fmt ]]'
  stub apt-get 'echo "apt-get $*" >>"$LOG"'
  stub sudo 'echo sudo >>"$LOG"; exec "$@"'
  run as_user env PATH="$STUBS" "$HOUSE/dev" run
  [ "$status" -eq 0 ]
  grep -x sudo "$LOG"
  grep -E '^apt-get .*install.* libfmt-dev ' "$LOG"
}

@test "without sudo the command to run is told" {
  stub pkg-config '[[ $2 != fmt ]]'
  stub apt-get 'echo "apt-get $*" >>"$LOG"'
  run as_user env PATH="$STUBS" "$HOUSE/dev" run
  [ "$status" -eq 1 ]
  [[ $output == *"apt-get install libfmt-dev"* ]]
  [ ! -s "$LOG" ]
}

@test "without apt-get what is needed is told" {
  rm "$STUBS/cmake"
  run dev run
  [ "$status" -eq 1 ]
  [ "$output" = "dev: please install what Debian calls: cmake" ]
}

@test "package lists that are too old are fetched, then the packages" {
  ((EUID == 0)) || skip "needs root"
  stub pkg-config '[[ $2 != fmt ]]'
  stub apt-get 'echo "apt-get $*" >>"$LOG"; [[ $* == *update* ]] && : >"$LOG.fresh"; [[ -e $LOG.fresh ]]'
  run dev run
  [ "$status" -eq 0 ]
  [ "$(grep -cE '^apt-get .*install.* libfmt-dev ' "$LOG")" -eq 2 ]
  [ "$(grep -c '^apt-get .*update' "$LOG")" -eq 1 ]
}

@test "a configuration that fails shows why, on stderr, and nothing is run" {
  stub cmake 'echo "no such compiler"; exit 1'
  run --separate-stderr dev run
  [ "$status" -ne 0 ]
  [ -z "$output" ]
  [[ $stderr == *"no such compiler"* ]]
}

@test "what clang-tidy finds is shown and fails, what it does not find is silent" {
  stub clang-tidy-19 'echo "21894 warnings generated." >&2; [[ $* != *bad.cpp* ]] || { echo "bad name" && exit 1; }'
  run dev tidy-one good.cpp
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  run dev tidy-one bad.cpp
  [ "$status" -eq 1 ]
  [[ $output == *"bad name"* ]]
}

@test "an unknown command is a usage error" {
  run --separate-stderr dev explode
  [ "$status" -eq 2 ]
  [ -z "$output" ]
  [[ $stderr == "dev: unknown command 'explode'"* ]]
}

@test "help names every command that there is" {
  local commands
  commands=$(sed -n '/^main()/,/^}/p' "$HOUSE/dev" | sed -nE 's/^ +([a-z]+( \| [a-z]+)*)\) .*/\1/p' | tr -d ' ' | tr '|' '\n' | grep -vE 'help|tidy-one')
  [ "$(wc -l <<<"$commands")" -ge 6 ]
  run --separate-stderr dev help
  [ "$status" -eq 0 ]
  for command in $commands; do
    [[ $output =~ (^|[$'\n'|/ ])${command}[\ |] ]] || { echo "help does not name $command" && return 1; }
  done
}
