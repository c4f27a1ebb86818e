#!/usr/bin/env bats
# What cat writes is what coreutils' cat writes, and what it says about files that it cannot read.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  seq 1 50000 >lines
  : >empty
}

# same ARG…: as cat does with the same arguments, in a pipe and in a file.
same() {
  cat "$@" >expected
  [ "$("$EVTOOL" cat "$@" | sha256sum)" = "$(sha256sum <expected)" ]
  "$EVTOOL" cat "$@" >actual
  cmp expected actual
}

@test "files come out in order, whole, in a pipe and in a file" {
  same random
  same empty
  same lines empty random lines random
}

@test "many small files come out whole and in order" {
  mkdir small
  for index in {100..999}; do echo "file $index of many" >"small/$index"; done
  same small/*
  same small/* random small/1*
}

@test "- and no operand are standard input" {
  [ "$(echo text | "$EVTOOL" cat | cat -A)" = 'text$' ]
  [ "$(echo text | "$EVTOOL" cat lines - lines | sha256sum)" = "$(echo text | cat lines - lines | sha256sum)" ]
  cmp random <("$EVTOOL" cat <random)
  cmp random <(cat random | "$EVTOOL" cat - -)
  [ "$(tail -c +11 random | sha256sum)" = "$({ head -c 0 && dd bs=10 count=1 of=/dev/null status=none && "$EVTOOL" cat; } <random | sha256sum)" ]
}

@test "a sparse file comes out with its zeros" {
  truncate -s 5M sparse
  printf end >>sparse
  same sparse random
}

@test "files of /proc and /sys, which say that they are empty, come out whole" {
  same /proc/kallsyms
  same /proc/sys/kernel/ostype /sys/kernel/mm/transparent_hugepage/enabled
  [ "$("$EVTOOL" cat /proc/self/comm)" = evtool ]
}

@test "a missing file is one line, the others are written, exit 1" {
  run --separate-stderr "$EVTOOL" cat lines missing lines
  [ "$status" -eq 1 ]
  [ "$stderr" = "evtool cat: missing: No such file or directory" ]
  [ "$(printf '%s\n' "$output" | sha256sum)" = "$(cat lines lines | sha256sum)" ]
}

@test "messages stand where the file would: what came before is written already" {
  run bash -c '"$1" cat lines missing lines 2>&1' _ "$EVTOOL"
  [ "${lines[50000]}" = "evtool cat: missing: No such file or directory" ]
  [ "${#lines[@]}" -eq 100001 ]
}

@test "a directory is one, with each way of reading" {
  mkdir folder
  for option in -u --copy --stats --offset=1; do
    run --separate-stderr "$EVTOOL" cat "$option" folder
    [ "$status" -eq 1 ]
    [[ $stderr == "evtool cat: folder: Is a directory"* ]]
    [ -z "$output" ]
  done
  run --separate-stderr "$EVTOOL" cat <folder
  one_line 1 "evtool cat: standard input: Is a directory"
}

@test "a file without permission is one line" {
  ((EUID != 0)) || skip "root may read everything"
  install -m 000 /dev/null secret
  run --separate-stderr "$EVTOOL" cat secret
  one_line 1 "evtool cat: secret: Permission denied"
}

@test "names may have newlines and bytes that are not UTF-8" {
  local name=$'two\nlines \xff\xfe'
  cp random "$name"
  same "$name" lines "$name"
  cmp random <("$EVTOOL" cat "$name")
  rm "$name"
  run --separate-stderr "$EVTOOL" cat "$name"
  one_line 1 'evtool cat: two\nlines \xff\xfe: No such file or directory'
}

@test "-- ends the options" {
  cp lines ./-n
  cmp lines <("$EVTOOL" cat -- -n)
}

@test "closed standard input and output are errors, each named" {
  run --separate-stderr bash -c '"$1" cat <&-' _ "$EVTOOL"
  one_line 1 "evtool cat: standard input: Bad file descriptor"
  run --separate-stderr bash -c '"$1" cat lines >&-' _ "$EVTOOL"
  one_line 1 "evtool cat: write error: standard output: Bad file descriptor"
  run --separate-stderr bash -c '"$1" cat empty >&-' _ "$EVTOOL"
  one_line 1 "evtool cat: write error: standard output: Bad file descriptor"
}

@test "a file that grows while it is read is read to its new end" {
  mkfifo gate
  # The reader stalls after the first bytes; the file grows before the rest is read.
  "$EVTOOL" cat --copy random >gate &
  exec 5<gate
  head -c 1000 <&5 >actual
  head -c 100000 /dev/urandom >>random
  cat <&5 >>actual
  wait $!
  cmp random actual
}

@test "a file that shrinks while it is read ends where it ends then" {
  head -c 20000000 /dev/urandom >large
  cp large before
  mkfifo gate
  "$EVTOOL" cat --copy large >gate &
  exec 5<gate
  head -c 1000 <&5 >actual
  truncate -s 10000000 large
  cat <&5 >>actual
  wait $!
  [ "$(stat -c %s actual)" -eq 10000000 ]
  cmp large actual
}
