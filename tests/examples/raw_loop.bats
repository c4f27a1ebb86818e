#!/usr/bin/env bats
# examples/raw_loop: a program with a `while` of its own keeps what it received in part, its periods, and its signals.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkfifo input output
}

# start BACKEND [PERIOD_MS]: with input and output as FIFOs, open as descriptors 8 and 9; stderr goes to `said`.
start() {
  "$raw_loop" "$@" <input >output 2>said &
  pid=$!
  exec 8>input 9<output
}

# ended: the status; what the program said is in $said.
ended() {
  local status=0
  wait "$pid" || status=$?
  said=$(<said)
  echo "status $status: $said"
  [ "$status" -eq "$1" ]
}

partly_received() {
  start "$1"
  printf 'whole\nfirst' >&8
  read -r -t 10 line <&9
  [ "$line" = WHOLE ]
  printf ' half' >&8
  printf ', second\nand' >&8
  read -r -t 10 line <&9
  [ "$line" = "FIRST HALF, SECOND" ]
  exec 8>&-
  ended 0
  [[ $said == "raw_loop: 2 answered, 3 bytes kept, "* ]]
}

@test "a request that came in part is kept until the rest is there" { every_backend partly_received; }

interrupted() {
  start "$1" 9223372036854775807
  printf 'one\n' >&8
  read -r -t 10 line <&9
  kill -INT "$pid"
  ended 0
  [[ $said == "raw_loop: 1 answered, 0 bytes kept, 0 periods, "* ]]
}

@test "SIGINT ends it, however long the period" { every_backend interrupted; }

periodic() {
  start "$1" 5
  # Some periods pass while nothing comes; then work goes on as before.
  for line in one two three; do
    run ! read -r -t 0.05 answer <&9
    echo "$line" >&8
    read -r -t 10 answer <&9
    [ "$answer" = "${line^^}" ]
  done
  # Not by the end of its input: on io_uring that of a FIFO is many wake-ups.
  kill -INT "$pid"
  ended 0
  [[ $said =~ ^"raw_loop: 3 answered, 0 bytes kept, "([0-9]+)" periods, "([0-9]+)" sleeps"$ ]]
  ((BASH_REMATCH[1] >= 3))
  # Each sleep ends with a period, or with something that was read or written.
  ((BASH_REMATCH[2] <= BASH_REMATCH[1] + 20))
}

@test "periods pass beside the requests, and it does not spin" { every_backend periodic; }

too_long() {
  head -c 5000 /dev/zero >zeros
  run --separate-stderr "$raw_loop" "$1" <zeros
  [ "$status" -eq 1 ]
  [ "${stderr_lines[0]}" = "raw_loop: a line is too long" ]
}

@test "a line that does not end is refused" { every_backend too_long; }
