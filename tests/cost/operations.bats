#!/usr/bin/env bats
# Exact costs, not times: system calls of an operation beside those of a loop written by hand, counted by strace;
# allocations, counted by the programs of bench/ themselves.
bats_require_minimum_version 1.5.0

# calls PROGRAM COUNT [OPTIONS]: all system calls of a run, from its first instruction to its last.
calls() {
  local program=$EVT_BUILD_DIR/bench/bench_$1 count=$2
  shift 2
  timeout 60 strace -f -qq -c -U calls,name -o "$BATS_TEST_TMPDIR/counts" "$program" --count="$count" "$@" >/dev/null
  awk '$2 == "total" { print $1 }' "$BATS_TEST_TMPDIR/counts"
}

# per_thousand PROGRAM COUNT [OPTIONS]: calls of a thousand operations, without those of set-up and end: what twice as
# many operations cost more.
per_thousand() {
  local program=$1 count=$2 once twice
  shift 2
  once=$(calls "$program" "$count" "$@")
  twice=$(calls "$program" $((2 * count)) "$@")
  echo $(((twice - once) * 1000 / count))
}

# allocations PROGRAM COUNT [OPTIONS]: what COUNT operations allocate, set-up left out in the same way.
allocations() {
  local program=$EVT_BUILD_DIR/bench/bench_$1 count=$2 once twice
  shift 2
  once=$("$program" --count="$count" "$@" | sed 's/.*"allocations":\([0-9]*\).*/\1/')
  twice=$("$program" --count=$((2 * count)) "$@" | sed 's/.*"allocations":\([0-9]*\).*/\1/')
  echo $((twice - once))
}

# at_most OURS THEIRS: in calls of a thousand operations; one more is the end of a run, not a habit.
at_most() {
  echo "$1 beside $2"
  [ "$1" -gt 0 ]
  [ "$2" -gt 0 ]
  [ "$1" -le $(($2 + 1)) ]
}

@test "ping-pong with 64 connections: as few calls as by hand, at most 0.06 on io_uring" {
  ours=$(per_thousand ping_pong_evt 6400 --width=64 --backend=io_uring)
  at_most "$ours" "$(per_thousand ping_pong_uring 6400 --width=64)"
  [ "$ours" -le 60 ]
}

@test "ping-pong with 64 connections: as few calls as by hand, at most 4.2 on epoll" {
  ours=$(per_thousand ping_pong_evt 6400 --width=64 --backend=epoll)
  at_most "$ours" "$(per_thousand ping_pong_epoll 6400 --width=64)"
  [ "$ours" -le 4200 ]
}

@test "ping-pong with one connection: as few calls as by hand, on both" {
  at_most "$(per_thousand ping_pong_evt 1000 --width=1 --backend=io_uring)" "$(per_thousand ping_pong_uring 1000 --width=1)"
  at_most "$(per_thousand ping_pong_evt 1000 --width=1 --backend=epoll)" "$(per_thousand ping_pong_epoll 1000 --width=1)"
}

@test "a stream: as few calls as by hand, on both" {
  at_most "$(per_thousand stream_evt 1000 --backend=io_uring)" "$(per_thousand stream_uring 1000)"
  at_most "$(per_thousand stream_evt 1000 --backend=epoll)" "$(per_thousand stream_epoll 1000)"
}

@test "datagrams on epoll: as few calls as by hand" {
  at_most "$(per_thousand datagrams_evt 16000 --backend=epoll)" "$(per_thousand datagrams_epoll 16000)"
}

@test "reads of a cached file, 32 at a time: as few calls as by hand, on io_uring" {
  at_most "$(per_thousand reads_evt 3200 --width=32 --backend=io_uring)" "$(per_thousand reads_uring 3200 --width=32)"
}

@test "the loop's own count of calls is strace's" {
  for backend in io_uring epoll; do
    once=$("$EVT_BUILD_DIR/bench/bench_ping_pong_evt" --width=64 --count=6400 --backend=$backend)
    twice=$("$EVT_BUILD_DIR/bench/bench_ping_pong_evt" --width=64 --count=12800 --backend=$backend)
    entries=$(($(sed 's/.*"kernel_entries":\([0-9]*\).*/\1/' <<<"$twice") - $(sed 's/.*"kernel_entries":\([0-9]*\).*/\1/' <<<"$once")))
    told=$((entries * 1000 / 6400))
    seen=$(per_thousand ping_pong_evt 6400 --width=64 --backend=$backend)
    echo "$backend: told $told, seen $seen"
    [ "$told" -gt 0 ]
    [ $((seen - told)) -le 1 ]
    [ $((told - seen)) -le 1 ]
  done
}

@test "no operation allocates, on either backend" {
  for backend in io_uring epoll; do
    for work in "ping_pong_evt 6400 --width=64" "stream_evt 500" "datagrams_evt 16000" "accept_evt 500" \
      "reads_evt 2000 --width=32" "wake_evt 1000" "nop_evt 10000 --width=256" "churn_evt 20000 --width=1000"; do
      # shellcheck disable=SC2086  # work is a list of words.
      count=$(allocations $work --backend=$backend)
      echo "$work $backend: $count"
      [ "$count" -le 2 ]  # A table of the loop may grow once, in either run.
    done
  done
}
