#!/usr/bin/env bats
# --follow: what is appended, truncated or rotated comes out once, and waiting ends when it should.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  seq 1 1000 >log
  mkfifo out
}

teardown() {
  [ -z "${follower-}" ] || kill "$follower" 2>/dev/null || true
}

# start ARG…: follows; its output is descriptor 5, its messages are in `said`.
start() {
  "$EVTOOL" cat --follow "$@" >out 2>said 5>&- &
  follower=$!
  exec 5<out
}

# comes LINE…: these are the next lines of its output. Every read has a deadline.
comes() {
  local line wanted
  for wanted in "$@"; do
    IFS= read -r -t 20 line <&5 || { echo "no '$wanted'" && return 1; }
    [ "$line" = "$wanted" ] || { echo "'$line' instead of '$wanted'" && return 1; }
  done
}

@test "what is appended comes out, whoever appends it" {
  start log
  comes $(seq 1 1000)
  echo first >>log
  comes first
  echo second >>log
  comes second
  printf 'in two' >>log
  printf ' pieces\n' >>log
  comes "in two pieces"
}

@test "it ends by SIGPIPE when its reader goes away, also while nothing is appended" {
  start log
  comes 1
  exec 5<&-
  local status=0
  wait "$follower" || status=$?
  follower=
  [ "$status" -eq 141 ]
  [ ! -s said ]
}

@test "it ends once --bytes came" {
  start --bytes 3897 log
  comes $(seq 1 1000)
  echo more >>log
  comes mor || true
  wait "$follower"
  follower=
}

@test "a truncated file is read from its beginning, which is said" {
  start log
  comes $(seq 1 1000)
  echo again >log
  comes again
  [ "$(<said)" = "evtool cat: log: file truncated" ]
  echo more >>log
  comes more
}

@test "a rotated file is read to its end, then the new one from its beginning" {
  exec 7>>log
  start log
  comes $(seq 1 1000)
  mv log log.1
  echo late >&7
  comes late
  echo new >log
  comes new
  [ "$(<said)" = "evtool cat: log: replaced by a new file" ]
  echo more >>log
  comes more
  exec 7>&-
}

@test "a file that is removed and made anew goes on" {
  start log
  comes $(seq 1 1000)
  rm log
  echo new >made && mv made log
  comes new
}

@test "several files are followed, after all were copied" {
  echo other >second
  start log second
  comes $(seq 1 1000) other
  echo to-first >>log
  comes to-first
  echo to-second >>second
  comes to-second
}

@test "a missing file is reported and waited for" {
  start missing log
  comes $(seq 1 1000)
  [ "$(<said)" = "evtool cat: missing: No such file or directory" ]
  echo there >missing
  comes there
}

@test "what is followed can be numbered, and written to a tee" {
  start -n --tee twin log
  for line in {1..1000}; do printf '%6d\t%d\n' "$line" "$line"; done >expected
  mapfile -t numbered <expected
  comes "${numbered[@]}"
  echo more >>log
  comes $'  1001\tmore'
  tail -n 1 twin | grep -F more
}

@test "pipes and standard input are copied to their end, and not waited for" {
  [ "$(echo text | timeout 20 "$EVTOOL" cat --follow)" = text ]
  [ "$(timeout 20 "$EVTOOL" cat --follow <(echo text))" = text ]
}

@test "without inotify it is noticed within a second" {
  needs_strace
  strace -f -qq -o /dev/null -e trace=inotify_init1 -e inject=inotify_init1:error=EMFILE \
    "$EVTOOL" cat --follow --bytes 3898 log >out 5>&- &
  follower=$!
  exec 5<out
  comes $(seq 1 1000)
  echo 12345 >>log
  [ "$(cat <&5)" = 12345 ]
  wait "$follower"
  follower=
}
