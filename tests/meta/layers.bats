#!/usr/bin/env bats
# The arrows between the rooms hold, and the checker that says so can see a broken one.
bats_require_minimum_version 1.5.0

layers="$BATS_TEST_DIRNAME/layers"

# house FILE INCLUDE: a small house in which line 2 of FILE has the INCLUDE.
house() {
  local room
  for room in base loop engine pool net dns dial io c; do
    mkdir -p "$BATS_TEST_TMPDIR/lib/src/$room"
    echo "#pragma once" >"$BATS_TEST_TMPDIR/lib/src/$room/$room.hpp"
  done
  mkdir -p "$BATS_TEST_TMPDIR"/{lib/include/evt/detail,cmd,bench,examples,tests/{unit,consumer}}
  touch "$BATS_TEST_TMPDIR"/lib/include/evt/{loop,detail/list}.hpp "$BATS_TEST_TMPDIR/lib/src/engine/sim.hpp"
  printf '/// A line before.\n#include %s\n' "$2" >"$BATS_TEST_TMPDIR/$1"
}

refuses() {
  house "$1" "$2"
  run "$layers" "$BATS_TEST_TMPDIR"
  echo "$output"
  [ "$status" -eq 1 ]
  [ "${#lines[@]}" -eq 1 ]
  [[ ${lines[0]} == "$1:2: "* ]]
  rm "$BATS_TEST_TMPDIR/$1"
}

accepts() {
  house "$1" "$2"
  run "$layers" "$BATS_TEST_TMPDIR"
  echo "$output"
  [ "$status" -eq 0 ]
  rm "$BATS_TEST_TMPDIR/$1"
}

@test "the includes of the project follow the arrows" {
  run "$layers" "$EVT_SOURCE_DIR"
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "an arrow that points up in the library is refused, by file and line" {
  refuses lib/src/base/a.hpp '"loop/loop.hpp"'
  refuses lib/src/loop/a.cpp '"engine/engine.hpp"'
  refuses lib/src/loop/a.cpp '"../engine/engine.hpp"'
  refuses lib/src/loop/a.cpp '<engine/engine.hpp>'
  refuses lib/src/engine/a.cpp '"pool/pool.hpp"'
  refuses lib/src/loop/a.cpp '"net/net.hpp"'
  refuses lib/src/net/a.cpp '"dns/dns.hpp"'
  refuses lib/src/dns/a.cpp '"dial/dial.hpp"'
}

@test "an arrow that points down in the library is accepted" {
  accepts lib/src/loop/a.cpp '"base/base.hpp"'
  accepts lib/src/engine/a.cpp '"loop/loop.hpp"'
  accepts lib/src/dial/a.cpp '"net/net.hpp"'
  accepts lib/src/base/a.cpp '<evt/loop.hpp>'
  accepts tests/unit/a_test.cpp '"engine/engine.hpp"'
}

@test "a public header that shows a private one is refused" {
  refuses lib/include/evt/a.hpp '"loop/loop.hpp"'
  refuses lib/include/evt/a.hpp '<loop/loop.hpp>'
}

@test "programs that reach behind <evt/...> are refused" {
  refuses cmd/a.cpp '"loop/loop.hpp"'
  refuses bench/a.cpp '"../lib/src/loop/loop.hpp"'
  refuses examples/a.cpp '<evt/detail/list.hpp>'
  refuses tests/consumer/main.cpp '<loop/loop.hpp>'
  accepts cmd/a.cpp '<evt/loop.hpp>'
}

@test "liburing and epoll outside the engines are refused" {
  refuses lib/src/loop/a.cpp '<liburing.h>'
  refuses cmd/a.cpp '<sys/epoll.h>'
  refuses lib/include/evt/a.hpp '<linux/io_uring.h>'
  accepts lib/src/engine/a.cpp '<liburing.h>'
  accepts bench/a.cpp '<liburing.h>'
}

@test "cxxopts outside cmd/parse.cpp is refused" {
  refuses cmd/a.cpp '<cxxopts.hpp>'
  accepts cmd/parse.cpp '<cxxopts.hpp>'
}

@test "the simulated engine in the library is refused" {
  refuses lib/src/engine/a.cpp '"engine/sim.hpp"'
  accepts lib/src/engine/sim.cpp '"engine/sim.hpp"'
}

@test "a room without arrows, and a house without rooms, are refused" {
  house lib/src/base/a.cpp '<vector>'
  mkdir "$BATS_TEST_TMPDIR/lib/src/attic"
  touch "$BATS_TEST_TMPDIR/lib/src/attic/a.cpp"
  run "$layers" "$BATS_TEST_TMPDIR"
  [ "$status" -eq 1 ]
  [ "$output" = "lib/src/attic/a.cpp:1: no arrows are known for this room" ]
  run "$layers" "$BATS_TEST_TMPDIR/examples"
  [ "$status" -eq 2 ]
}
