#!/usr/bin/env bats
# README.md tells the truth. (That its library example is a program that builds and runs: consumer.bats.)
bats_require_minimum_version 1.5.0

setup() {
  [ -x "$EVTOOL" ]
  readme="$EVT_SOURCE_DIR/README.md"
  cd "$BATS_TEST_TMPDIR"
  "$EVTOOL" --list | cut -f1 >applets
  [ -s applets ]
}

# The applet rows of README FILE, as `name<TAB>summary`.
rows_of() { sed -nE 's/^\| `([a-z-]+)` \| (.*) \|$/\1\t\2/p' "$1"; }

# What the code of README FILE has after `evtool` or `./dev run`: the words that should be applets.
words_of() {
  awk '/^```/ { inside = !inside; next } inside || /^    / { print } { while (match($0, /`[^`]+`/)) {
    print substr($0, RSTART + 1, RLENGTH - 2); $0 = substr($0, RSTART + RLENGTH) } }' "$1" |
    grep -oE '(\bevtool|\./dev run) +[a-z][a-z-]*' | sed 's/.* //' | sort -u
}

# missing_from README: its words that are no applets.
missing_from() { words_of "$1" | grep -vxFf applets; }

@test "the applet rows are the applets, in their order, with their summaries" {
  rows_of "$readme" >rows
  [ -s rows ]
  diff <("$EVTOOL" --list | cut -f1,3) rows
}

@test "no command names an applet that is not there" {
  [ "$(words_of "$readme" | wc -l)" -ge 1 ]
  run missing_from "$readme"
  echo "$output"
  [ -z "$output" ]
  printf '    ./dev run nosuch x\n\n`evtool neither --help`\n```\n$ evtool nor\n```\nevtool does it\n' >bad
  run missing_from bad
  [ "$output" = "neither
nor
nosuch" ]
}

@test "every word of ./dev in it is one that ./dev help explains" {
  "$EVT_SOURCE_DIR/dev" help >help
  grep -oE '\./dev [a-z]+' "$readme" | sort -u >words
  [ "$(wc -l <words)" -ge 2 ]
  while read -r word; do
    [ "$word" = "./dev help" ] || grep -F "$word" help
  done <words
}

@test "the files and folders that the READMEs refer to are there" {
  local count=0
  while IFS=: read -r file target; do
    count=$((count + 1))
    [[ $target == http* || $target == '#'* ]] || [ -e "$(dirname "$file")/${target%%#*}" ] || {
      echo "$file: no $target" && return 1
    }
  done < <(find "$EVT_SOURCE_DIR" -name build -prune -o -name '*.md' -exec grep -HoE '\]\([^)]+\)' {} + |
    sed 's/](//; s/)$//')
  [ "$count" -ge 2 ]
}

# A word such as `life.cpp` or `engine/epoll.cpp` in a README of the library.
@test "the map of the library names files that are there, and every room" {
  map="$EVT_SOURCE_DIR/lib/README.md"
  grep -oE '`[a-z_/]+\.(cpp|hpp)`' "$map" | tr -d '`' | sort -u >named
  [ "$(wc -l <named)" -ge 20 ]
  while read -r file; do
    find "$EVT_SOURCE_DIR/lib" -path "*/$file" | grep -q . || { echo "no $file" && return 1; }
  done <named
  for room in "$EVT_SOURCE_DIR"/lib/src/*/; do grep -F "\`src/$(basename "$room")/\`" "$map"; done
}
