#!/usr/bin/env bats
# evt.h is what it says: strict C11 and C++ for every compiler there is, and blobs that hold what they are for.
bats_require_minimum_version 1.5.0

header="$EVT_SOURCE_DIR/lib/include/evt/evt.h"

# compiles COMPILER FLAG…: a source that includes evt.h, twice, and makes each blob.
compiles() {
  local strict=(-pedantic -Wall -Wextra -Wconversion -Werror -I "$EVT_SOURCE_DIR/lib/include" -fsyntax-only)
  "$@" "${strict[@]}" "$BATS_TEST_TMPDIR/user.c"
}

setup() {
  [ -s "$header" ]
  {
    printf '#include <evt/evt.h>\n#include <evt/evt.h>\n'
    sed -n 's/^typedef struct \(evt_[a-z_]*\) {$/extern \1 a_\1; \1 a_\1;/p' "$header"
  } >"$BATS_TEST_TMPDIR/user.c"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/user.c")" -ge 10 ]
}

@test "evt.h is C11 and later, without a warning" {
  for compiler in "${CC:-cc}" gcc clang; do
    command -v "$compiler" >/dev/null || continue
    for standard in c11 c17 gnu11; do compiles "$compiler" -x c "-std=$standard"; done
  done
  run ! compiles "${CC:-cc}" -x c -std=c11 -DEVT_EOF=1
}

@test "evt.h is C++ too" {
  for compiler in "${CXX:-c++}" g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    for standard in c++11 c++20; do compiles "$compiler" -x c++ "-std=$standard"; done
  done
}

@test "evt.h is defined whole: every function that it declares is in the library" {
  sed -n 's/^[a-z].*[ *]\(evt_[a-z_]*\)(.*/\1/p' "$header" | grep -v '^typedef' | sort -u >"$BATS_TEST_TMPDIR/declared"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/declared")" -ge 60 ]
  nm --defined-only --format=posix "$EVT_BUILD_DIR/lib/libevt.a" 2>/dev/null | sed -n 's/^\(evt_[a-z_]*\) T .*/\1/p' |
    sort -u >"$BATS_TEST_TMPDIR/defined"
  [ -s "$BATS_TEST_TMPDIR/defined" ]
  diff "$BATS_TEST_TMPDIR/declared" "$BATS_TEST_TMPDIR/defined"
}
