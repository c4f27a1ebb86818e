#!/usr/bin/env bats
# Where cat writes: --output, --append, --tee, --direct, --fsync; and that nothing is lost where that fails.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  seq 1 1000 >lines
}

@test "--output creates or empties its file, - is standard output" {
  "$EVTOOL" cat -o target random lines
  cat random lines | cmp - target
  "$EVTOOL" cat --output=target lines
  cmp lines target
  cmp lines <("$EVTOOL" cat --output=- lines)
  echo text | "$EVTOOL" cat -otarget
  [ "$(<target)" = text ]
}

@test "--append keeps what the file has" {
  "$EVTOOL" cat --append -o target lines
  "$EVTOOL" cat --append -o target random
  cat lines random | cmp - target
}

@test "--output to a FIFO waits for its reader" {
  mkfifo fifo
  "$EVTOOL" cat -o fifo random &
  cmp random fifo
  wait $!
}

@test "--tee writes the same everywhere, as often as it is given" {
  mkfifo fifo
  cat fifo >three &
  "$EVTOOL" cat --tee one --tee=fifo --tee two random lines random >target
  wait $!
  cat random lines random >expected
  for each in target one two three; do cmp expected $each; done
}

@test "a tee whose reader goes away is left out, the others get everything" {
  mkfifo fifo
  head -c 10 fifo >start &
  run --separate-stderr bash -c '"$1" cat --tee fifo --tee one random >target' _ "$EVTOOL"
  one_line 1 "evtool cat: write error: fifo: Broken pipe"
  wait $!
  cmp -n 10 random start
  cmp random target
  cmp random one
}

@test "a tee that fails is told and left out, the others go on, exit 1" {
  run --separate-stderr bash -c '"$1" cat --tee /dev/full --tee one random random >target' _ "$EVTOOL"
  one_line 1 "evtool cat: write error: /dev/full: No space left on device"
  cat random random | cmp - target
  cmp target one
}

@test "an output that cannot be opened is one line, and nothing is written" {
  run --separate-stderr "$EVTOOL" cat -o missing/target lines
  one_line 1 "evtool cat: missing/target: No such file or directory"
  run --separate-stderr "$EVTOOL" cat --tee . lines
  one_line 1 "evtool cat: .: Is a directory"
}

@test "a full output is never success, and is called the output's fault" {
  for options in -u --copy --stats --tee=one -n; do
    run --separate-stderr bash -c '"$1" cat "$2" random >/dev/full' _ "$EVTOOL" "$options"
    echo "$options: $stderr"
    [ "$status" -eq 1 ]
    [[ $stderr == "evtool cat: write error: standard output: No space left on device"* ]]
  done
  run --separate-stderr "$EVTOOL" cat -o /dev/full lines
  one_line 1 "evtool cat: write error: /dev/full: No space left on device"
}

@test "a file system or a limit that is full ends the copy, and what was written is the beginning" {
  for options in -u --copy --stats; do
    # SIGXFSZ is ignored, so that the limit is an error.
    run --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 1000; "$1" cat "$2" random >target' _ "$EVTOOL" "$options"
    echo "$options: $stderr"
    [ "$status" -eq 1 ]
    [[ $stderr == "evtool cat: write error: standard output: File too large"* ]]
    [ "$(stat -c %s target)" -eq 1024000 ]
    cmp -n 1024000 random target
  done
}

@test "input that is the output is refused as coreutils does, the others are written" {
  cp lines both
  run --separate-stderr bash -c '"$1" cat random both >>both' _ "$EVTOOL"
  one_line 1 "evtool cat: both: input file is output file"
  cat lines random | cmp - both
  run --separate-stderr bash -c '"$1" cat <both >>both' _ "$EVTOOL"
  one_line 1 "evtool cat: standard input: input file is output file"
  for options in --copy --stats; do
    run --separate-stderr bash -c '"$1" cat -q "$2" both >>both' _ "$EVTOOL" "$options"
    [ "$status" -eq 1 ]
    [[ $stderr == "evtool cat: both: input file is output file"* ]]
  done
  cat lines random | cmp - both
}

@test "an empty file may be its own output, as with coreutils" {
  : >both
  "$EVTOOL" cat both >>both
  "$EVTOOL" cat -o both both
  [ ! -s both ]
}

@test "--output and --tee destroy no operand, by whatever name it goes" {
  cp lines both
  ln both link
  ln -s both symbolic
  for name in both link symbolic; do
    for option in -o --tee; do
      run --separate-stderr "$EVTOOL" cat "$option" "$name" random both
      one_line 1 "evtool cat: both: input file is output file"
      cmp lines both
    done
  done
  run --separate-stderr bash -c '"$1" cat -o both <both' _ "$EVTOOL"
  one_line 1 "evtool cat: -: input file is output file"
  cmp lines both
}

@test "two outputs may not be one file" {
  cp lines target
  run --separate-stderr "$EVTOOL" cat --tee target --tee ./target random
  one_line 1 "evtool cat: ./target: would be written twice at once"
  run --separate-stderr bash -c '"$1" cat --tee target random >>target' _ "$EVTOOL"
  one_line 1 "evtool cat: target: would be written twice at once"
  cmp lines target
}

@test "--direct copies whole files, whatever their length" {
  for size in 0 1 4095 4096 1048576 1048577 3000000; do
    head -c $size random >input
    "$EVTOOL" cat --direct -o target input
    cmp input target
    "$EVTOOL" cat --direct -o target input lines input
    cat input lines input | cmp - target
    cmp input <("$EVTOOL" cat --direct input)
  done
  "$EVTOOL" cat --direct --offset 1000 random | cmp <(tail -c +1001 random) -
  "$EVTOOL" cat --direct /proc/self/status >/dev/null
}

@test "--direct really opens without the page cache, and inherited descriptors stay as they are" {
  needs_strace
  strace -f -e trace=openat,fcntl,io_uring_enter -o trace "$EVTOOL" cat --backend=epoll --direct -o target random
  grep -E 'openat.*"random".*O_DIRECT' trace
  grep -E 'openat.*"target".*O_DIRECT' trace
}

@test "--fsync flushes the output and every tee, and fails where that is impossible" {
  needs_strace
  strace -f -e trace=fsync -o trace "$EVTOOL" cat --backend=epoll --fsync -o target --tee one lines
  [ "$(grep -c 'fsync(.*= 0' trace)" -eq 2 ]
  "$EVTOOL" cat --fsync lines >target
  cmp lines target
  run --separate-stderr bash -c '"$1" cat --fsync lines | cat >target; exit ${PIPESTATUS[0]}' _ "$EVTOOL"
  one_line 1 "evtool cat: write error: standard output: Invalid argument"
  cmp lines target
}

@test "a new file is not truncated: ext4 would write it to disk when it is closed" {
  needs_strace
  strace -f -e trace=ftruncate -o trace "$EVTOOL" cat --output new --tee other lines
  run ! grep ftruncate trace
  strace -f -e trace=ftruncate -o trace "$EVTOOL" cat --output new --tee other lines
  [ "$(grep -c ftruncate trace)" -eq 2 ]
}
