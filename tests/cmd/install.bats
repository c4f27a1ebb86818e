#!/usr/bin/env bats
# evtool --install: a link for every applet, and nothing is ever overwritten.
load common

setup() {
  cd "$BATS_TEST_TMPDIR"
  # A program of our own: a hard link to somebody else's file is refused to users.
  cp "$EVTOOL" evtool
  mkdir links
  mapfile -t applets < <(./evtool --list | cut -f1)
  [ "${#applets[@]}" -ge 1 ]
}

# made PREFIX: there is a link for every applet, which runs it, and nothing else.
made() {
  diff <(ls links) <(printf "$1%s\n" "${applets[@]}" | sort)
  for applet in "${applets[@]}"; do "links/$1$applet" --help | grep -q "^Usage: evtool $applet "; done
}

@test "hard links called evtool-APPLET are made by default" {
  run --separate-stderr ./evtool --install=links
  one_line 0 ""
  made evtool-
  [ links/evtool-cat -ef evtool ]
  [ ! -L links/evtool-cat ]
}

@test "--symbolic makes symbolic links to where the program really is" {
  ln -s evtool alias
  run --separate-stderr ./alias --install=links --symbolic
  one_line 0 ""
  made evtool-
  [ "$(readlink links/evtool-cat)" = "$PWD/evtool" ]
}

@test "--bare leaves out evtool-, options may come in any order" {
  run --separate-stderr ./evtool --bare --install links
  one_line 0 ""
  made ""
}

@test "what is there already stays: said, exit 1, and the others are made" {
  printf 'precious\n' >links/evtool-cat
  run --separate-stderr ./evtool --install=links
  one_line 1 "evtool: links/evtool-cat: File exists"
  [ "$(cat links/evtool-cat)" = precious ]
  [ "$(ls links | wc -l)" -eq "${#applets[@]}" ]
}

@test "a link that leads nowhere is not replaced either" {
  ln -s nowhere links/evtool-cat
  run --separate-stderr ./evtool --install=links --symbolic
  one_line 1 "evtool: links/evtool-cat: File exists"
  [ "$(readlink links/evtool-cat)" = nowhere ]
}

@test "a second time is fine: the links lead here" {
  ./evtool --install=links
  run --separate-stderr ./evtool --install=links
  one_line 0 ""
  run --separate-stderr ./evtool --install=links --symbolic
  one_line 0 ""
  made evtool-
}

@test "a folder that is not there, no folder, and no name are told" {
  run --separate-stderr ./evtool --install=nowhere
  [ "$status" -eq 1 ]
  [ "${stderr_lines[0]}" = "evtool: nowhere/evtool-${applets[0]}: No such file or directory" ]
  run --separate-stderr ./evtool --install=evtool
  [ "$status" -eq 1 ]
  [ "${stderr_lines[0]}" = "evtool: evtool/evtool-${applets[0]}: Not a directory" ]
  run --separate-stderr ./evtool --install=
  one_line 2 "evtool: --install: '' names no folder"
}

@test "another file system is told, with the way out" {
  far=$(mktemp -d -p /dev/shm) || skip "no /dev/shm"
  [ "$(stat -c %d "$far")" != "$(stat -c %d .)" ] || skip "/dev/shm is the same file system"
  run --separate-stderr ./evtool --install="$far"
  rm -r "$far"
  [ "$status" -eq 1 ]
  [ "${stderr_lines[0]}" = "evtool: $far/evtool-${applets[0]}: Invalid cross-device link; try --symbolic" ]
}
