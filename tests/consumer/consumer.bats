#!/usr/bin/env bats
# A program of somebody else finds the installed library, through CMake and through pkg-config, and runs.
bats_require_minimum_version 1.5.0

setup_file() {
  export PREFIX="$BATS_FILE_TMPDIR/prefix"
  cmake --install "$EVT_BUILD_DIR" --component library --prefix "$PREFIX" >/dev/null
}

setup() {
  cd "$BATS_TEST_DIRNAME"
  work=$BATS_TEST_TMPDIR
  head -c 1000000 /dev/urandom >"$work/input"
}

# copies PROGRAM: it moves a file, and what a pipe delivers, unchanged.
copies() {
  "$1" <"$work/input" >"$work/output"
  cmp "$work/input" "$work/output"
  cat "$work/input" | "$1" | cmp "$work/input" -
}

# says_why PROGRAM: an output that fails is reported, and is not success.
says_why() {
  run --separate-stderr bash -c '"$1" <"$2" >/dev/full' _ "$1" "$work/input"
  [ "$status" -eq 1 ]
  [[ $stderr == *"No space left on device"* ]]
}

@test "find_package(evt) gives a target that builds a program" {
  cmake -S . -B "$work/build" -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_BUILD_TYPE=Debug >/dev/null
  cmake --build "$work/build"
  for program in consumer consumer_c; do
    copies "$work/build/$program"
    says_why "$work/build/$program"
  done
}

@test "pkg-config gives flags that build a program" {
  local flags
  PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name evt.pc)")
  export PKG_CONFIG_PATH
  read -ra flags < <(pkg-config --cflags --libs evt)
  [ "${#flags[@]}" -ge 3 ]
  "${CXX:-c++}" -std=c++23 -Wall -Wextra -Werror main.cpp -o "$work/consumer" "${flags[@]}"
  copies "$work/consumer"
}

@test "pkg-config gives flags that build a program in C, with the C compiler" {
  local flags
  PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name evt.pc)")
  export PKG_CONFIG_PATH
  read -ra flags < <(pkg-config --cflags --libs evt)
  "${CC:-cc}" -std=c11 -pedantic -Wall -Wextra -Werror copy.c -o "$work/copy" "${flags[@]}"
  copies "$work/copy"
  says_why "$work/copy"
}

@test "what is installed does not mention where it was built" {
  run grep -rlF -e "$EVT_SOURCE_DIR" "$PREFIX" --include=*.cmake --include=*.pc --include=*.hpp --include=*.h
  [ "$status" -eq 1 ]
}

@test "the simulated engine is not installed" {
  archive=$(find "$PREFIX" -name libevt.a)
  ar t "$archive" >"$work/members"
  [ -s "$work/members" ]
  run ! grep -i '^sim' "$work/members"
}

@test "the library example of README.md is the program built here" {
  sed -n '/^```cpp$/,/^```$/p; /^```cmake$/q' "$EVT_SOURCE_DIR/README.md" | sed '1d;$d' | sed '/^```/,$d' >"$work/example.cpp"
  [ -s "$work/example.cpp" ]
  diff "$work/example.cpp" main.cpp
}

@test "the coroutine of README.md is the one in examples" {
  local lines
  mapfile -t lines < <(sed -n '/^evt::Io<int> copy/,/^```$/p' "$EVT_SOURCE_DIR/README.md" | sed '$d')
  [ "${#lines[@]}" -gt 8 ]
  for line in "${lines[@]}"; do
    grep -qxF -e "$line" "$EVT_SOURCE_DIR/examples/copy_coroutine.cpp"
  done
}
