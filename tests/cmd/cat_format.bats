#!/usr/bin/env bats
# -n -b -s -E -T -A -v -e -t: byte for byte what coreutils' cat prints.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  printf 'one\n\n\n\ttabbed\r\nno end\r' >odd
  printf '\n\n\nnext\n' >blank
  python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 3)' >bytes
  seq 1 30000 >lines
  head -c 400000 /dev/urandom >random
}

@test "every option and many pairs of them, over several files" {
  local letters=(n b s E T A v e t u)
  for first in "${letters[@]}"; do
    for second in "${letters[@]}"; do
      cmp <(cat "-$first$second" odd blank bytes blank odd) <("$EVTOOL" cat "-$first$second" odd blank bytes blank odd)
    done
  done
}

@test "long names do the same as the letters" {
  cmp <(cat -nbsETv odd blank) <("$EVTOOL" cat --number --number-nonblank --squeeze-blank --show-ends --show-tabs \
    --show-nonprinting odd blank)
  cmp <(cat -A odd) <("$EVTOOL" cat --show-all odd)
}

@test "large inputs keep their numbers over files and pieces" {
  cmp <(cat -n lines random lines) <("$EVTOOL" cat -n lines random lines)
  cmp <(cat -vET random lines) <("$EVTOOL" cat -vET random lines)
  cat lines random | "$EVTOOL" cat -bs | cmp <(cat -bs lines random) -
  cat -n lines >expected
  "$EVTOOL" cat -n lines >target
  cmp expected target
}

@test "a line comes out as soon as it was read" {
  mkfifo in out
  "$EVTOOL" cat -n <in >out &
  exec 6>in 5<out
  for word in one two; do
    echo $word >&6
    read -r _ answer <&5
    [ "$answer" = $word ]
  done
  exec 6>&-
  wait $!
}

@test "a return that -E holds back comes out at the end, and before a message" {
  printf 'x\r' >return
  cmp <(cat -E return) <("$EVTOOL" cat -E return)
  cmp <(cat -E return blank) <("$EVTOOL" cat -E return blank)
  cmp <(cat -E return missing 2>/dev/null) <("$EVTOOL" cat -E return missing 2>/dev/null)
}
