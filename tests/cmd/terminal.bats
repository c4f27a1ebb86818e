#!/usr/bin/env bats
# What reaches a terminal: colour only where it is wanted, and nothing of a stranger's that could drive it.
load common

setup() {
  cd "$BATS_TEST_TMPDIR"
  unset NO_COLOR CLICOLOR_FORCE
  export TERM=xterm
}

bold=$'\e[1m'

# coloured COMMAND…, plain COMMAND…: whether its help is in colour.
coloured() { [[ $("$@") == *"$bold"Options* ]]; }
plain() {
  local text
  text=$("$@")
  [[ $text == *Options:* && $text != *$'\e'* ]]
}

@test "colour is for terminals, --color overrides that" {
  coloured in_terminal "$EVTOOL" --help
  plain "$EVTOOL" --help
  coloured "$EVTOOL" --help --color=always
  plain in_terminal "$EVTOOL" --color=never --help
  plain "$EVTOOL" cat --color=auto --help
}

@test "NO_COLOR beats CLICOLOR_FORCE, which beats TERM=dumb" {
  plain in_terminal env NO_COLOR=1 "$EVTOOL" --help
  coloured env CLICOLOR_FORCE=1 "$EVTOOL" --help
  plain in_terminal env NO_COLOR=1 CLICOLOR_FORCE=1 "$EVTOOL" --help
  plain in_terminal env TERM=dumb "$EVTOOL" --help
  coloured in_terminal env TERM=dumb CLICOLOR_FORCE=1 "$EVTOOL" --help
}

@test "empty NO_COLOR and CLICOLOR_FORCE=0 say nothing; --color beats them all" {
  coloured in_terminal env NO_COLOR= "$EVTOOL" --help
  plain env CLICOLOR_FORCE=0 "$EVTOOL" --help
  coloured env NO_COLOR=1 "$EVTOOL" --help --color=always
  plain env CLICOLOR_FORCE=1 "$EVTOOL" --help --color=never
}

@test "hostile words arrive on stderr as visible text, in one line" {
  hostile=$'\e]0;title\a\u202e\u009b31m\xff\r\nevtool: all is well'
  seen='\x1b]0;title\x07\u202e\u009b31m\xff\r\nevtool: all is well'
  run -127 --separate-stderr "$EVTOOL" "$hostile"
  one_line 127 "evtool: no applet is called '$seen'"
  run --separate-stderr "$EVTOOL" cat "--$hostile"
  one_line 2 "evtool cat: unknown option '--$seen'"
  run --separate-stderr "$probe" --size="$hostile"
  one_line 2 "evtool probe: --size: '$seen' is not a number; expected a size such as 64k, 1M or 1GiB"
  run --separate-stderr "$probe" -q "$hostile"
  one_line 0 "evtool probe: $seen"
  run -127 --separate-stderr "$EVTOOL" --list "$hostile"
  one_line 127 "evtool: no applet is called '$seen'"
  run --separate-stderr env EVTOOL_BACKEND="$hostile" "$EVTOOL" cat
  one_line 2 "evtool cat: EVTOOL_BACKEND: '$seen' is none of auto, io_uring and epoll"
}

@test "cat names a hostile file that is not there in one line" {
  run --separate-stderr "$EVTOOL" cat $'no\nsuch\e[31m\xff'
  one_line 1 'evtool cat: no\nsuch\x1b[31m\xff: No such file or directory'
}

@test "text that is harmless is not touched" {
  run --separate-stderr "$probe" -q 'é 中 \n "quoted" 😀'
  [ "$stderr" = 'evtool probe: é 中 \n "quoted" 😀' ]
}
