#!/usr/bin/env bats
# The manual pages say what the tables say, both ways, and mandoc finds nothing to say about them.
bats_require_minimum_version 1.5.0

setup() {
  [ -x "$EVTOOL" ]
  man="$EVT_SOURCE_DIR/man"
  cd "$BATS_TEST_TMPDIR"
  "$EVTOOL" --list | cut -f1 >applets
  [ -s applets ]
  first=$(head -n 1 applets)
}

page_of() { [ "$1" = evtool ] && echo "$man/evtool.1" || echo "$man/evtool-$1.1"; }

# summary_of NAME: the second line of its help.
summary_of() {
  local words=()
  [ "$1" = evtool ] || words=("$1")
  "$EVTOOL" "${words[@]}" --help | sed -n 2p
}

# compare NAME PAGE
compare() {
  local other=evtool
  [ "$1" != evtool ] || other=$first
  "$EVTOOL" --list "$1" >table
  "$EVTOOL" --list "$other" >other
  "$BATS_TEST_DIRNAME/manual" "$2" "$1" "$(summary_of "$1")" table other
}

pages() { printf '%s\n' "$man"/*.1; }

@test "each page has exactly the options of its table, long, short and with their values" {
  for page in $(pages); do
    name=$(basename "$page" .1)
    compare "${name#evtool-}" "$page"
  done
}

@test "an option too few, too many or with a wrong value is seen, and so is a wrong summary" {
  sed '/^\.It Fl -list/d' "$man/evtool.1" >fewer
  run compare evtool fewer
  [ "$status" -eq 1 ]
  [ "$output" = "fewer: not in the manual: --list" ]
  sed 's/^\.It Fl -list/.It Fl l , Fl -list/' "$man/evtool.1" >more
  run compare evtool more
  [ "$output" = "more: not in the manual: --list
more: not in the table: -l --list" ]
  sed 's/^\.It Fl -bare/& Ns = Ns Ar name/' "$man/evtool.1" >value
  run compare evtool value
  [[ $output == *"not in the table: --bare VALUE"* ]]
  sed 's/^\.Nd .*/.Nd something else/' "$man/evtool.1" >summary
  run compare evtool summary
  [[ $output == *"no line '.Nd "* ]]
  : >empty
  run compare evtool empty
  [ "$status" -eq 2 ]
}

@test "every applet has a page, and every page an applet" {
  for page in $(pages); do basename "$page" .1; done | sort >there
  diff <({ echo evtool && sed 's/^/evtool-/' applets; } | sort) there
}

@test "evtool(1) lists the applets with their summaries, and refers to their pages" {
  awk '/^\.Sh/ { inside = $2 == "APPLETS" } inside && /^\.It Sy/ { name = $3; getline; print name "\t" $0 }' \
    "$man/evtool.1" >shown
  [ -s shown ]
  diff <("$EVTOOL" --list | cut -f1,3) shown
  sed -n 's/^\.Xr evtool-\(.*\) 1.*/\1/p' "$man/evtool.1" | sort -u >referred
  diff <(sort applets) referred
}

# Whether other packages' pages are installed is not ours to say.
@test "mandoc -Tlint -Wstyle has nothing to say" {
  command -v mandoc >/dev/null || skip "no mandoc"
  [ "$(pages | wc -l)" -ge 1 ]
  [ -s "$man/evt.3" ]
  lint() { mandoc -Tlint -Wstyle "$@" 2>/dev/null | grep -v 'STYLE: referenced manual not found: '; }
  # shellcheck disable=SC2046
  run lint $(pages) "$man/evt.3"
  echo "$output"
  [ -z "$output" ]
  printf '.Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n' >bad
  run lint bad
  [[ $output == *bad* ]]
}
