#!/usr/bin/env bats
# evt(3) names what the library has, all of it and nothing else, and its examples are programs that work.
bats_require_minimum_version 1.5.0

setup() {
  page="$EVT_SOURCE_DIR/man/evt.3"
  include="$EVT_SOURCE_DIR/lib/include"
  cd "$BATS_TEST_TMPDIR"
  [ -s "$page" ]
}

# functions_of HEADER, named_in PAGE: the functions of the C API.
functions_of() { sed -n '/^typedef/!s/^[a-z].*[ *]\(evt_[a-z_]*\)(.*/\1/p' "$1" | sort -u; }
named_in() { sed -n '/Fn evt_/p' "$1" | grep -oE 'evt_[a-z_]+' | sort -u; }

# members_in PAGE: each Type::member in it.
members_in() { grep -oE 'Fn [A-Z][A-Za-z]+::[a-z_]+' "$1" | cut -d' ' -f2 | sort -u; }

# has TYPE::MEMBER: some public header declares the type, and itself or a base of it the member.
has() {
  local type=${1%%::*} member=${1##*::} header base
  header=$(grep -lE "^(class|struct) $type\b.*\{" "$include"/evt/*.hpp | head -n 1)
  [[ -n $header ]] || return 1
  sed -nE "/^(class|struct) $type\b.*\{/,/^\};/p" "$header" | grep -qE "[ *&]$member\(" && return 0
  base=$(sed -nE "s/^(class|struct) $type\b.* : public ([A-Za-z]+).*/\2/p" "$header")
  [[ -n $base ]] && has "$base::$member"
}

@test "evt(3) names every function of evt.h, and no other" {
  functions_of "$include/evt/evt.h" >declared
  named_in "$page" >named
  [ "$(wc -l <declared)" -ge 60 ]
  diff declared named
}

@test "a function too few or too many is seen" {
  sed '/Fn evt_pwrite/d' "$page" >fewer
  run diff <(functions_of "$include/evt/evt.h") <(named_in fewer)
  [ "$output" = "$(printf '%s\n' "${lines[0]}" '< evt_pwrite')" ]
  printf '.Fn evt_nothing\n' | cat "$page" - >more
  run diff <(functions_of "$include/evt/evt.h") <(named_in more)
  [[ $output == *"> evt_nothing"* ]]
}

@test "what evt(3) names in C++ is in the headers" {
  members_in "$page" >members
  [ "$(wc -l <members)" -ge 40 ]
  while read -r member; do
    has "$member" || { echo "not in the headers: $member" && false; }
  done <members
  run ! has IoRequest::nothing
  run ! has Nothing::read
}

# operations: Type::member of each public call that submits.
operations() {
  awk '/^(class|struct) [A-Za-z]+.*\{/ { type = $2; open = $1 == "struct" }
    /^ public:/ { open = 1 }
    /^ (private|protected):|^\};/ { open = 0 }
    open && /^  Ticket [a-z_]+\(/ { sub(/^  Ticket /, ""); sub(/\(.*/, ""); print type "::" $0 }' "$include"/evt/*.hpp |
    sort -u
}

@test "evt(3) names every operation of the C++ headers" {
  operations >operations
  [ "$(wc -l <operations)" -ge 30 ]
  members_in "$page" >members
  run comm -23 operations members
  [ "$output" = "" ]
  grep -v IoRequest::read_exact members >fewer
  run comm -23 operations fewer
  [ "$output" = IoRequest::read_exact ]
}

@test "every code of evt.h is explained" {
  sed -n '/^typedef enum evt_code/,/^}/p' "$include/evt/evt.h" | grep -oE '\bEVT_[A-Z_]+' | sort -u >codes
  [ "$(wc -l <codes)" -ge 5 ]
  while read -r code; do grep -q "Dv $code\$\|Dv $code Ta" "$page"; done <codes
}

# example NUMBER: that literal display of the page, with half the patience.
example() {
  awk -v wanted="$1" '/^\.Bd -literal/ { inside = ++count == wanted; next } /^\.Ed/ { inside = 0 } inside' "$page" |
    sed 's/\\e/\\/g; s/5000000000/50000000/; s/std::chrono::seconds{5}/std::chrono::milliseconds{50}/'
}

# answers PROGRAM: it says what the page says that it does.
answers() {
  [ "$(echo hello | "$1")" = "you said hello" ]
  [ "$("$1" </dev/null)" = "no answer: End of file" ]
  mkfifo fifo
  exec 9<>fifo
  [ "$("$1" <fifo 9<&-)" = "no answer: Operation canceled" ]
}

@test "the examples are programs in C and in C++, and do the same" {
  [[ -z $EVT_SANITIZE ]] || skip "the archive needs the runtime of the sanitizer"
  flags=(-Wall -Wextra -Werror -I "$include")
  libraries=("$EVT_BUILD_DIR/lib/libevt.a")
  read -ra uring < <(pkg-config --libs liburing)
  libraries+=("${uring[@]}" -lstdc++ -pthread)
  example 1 >example.c
  [ -s example.c ]
  "${CC:-cc}" -std=c11 -pedantic "${flags[@]}" example.c -o in_c "${libraries[@]}"
  answers ./in_c
  rm fifo
  example 2 >example.cpp
  [ -s example.cpp ]
  "${CXX:-c++}" -std=c++23 "${flags[@]}" example.cpp -o in_cpp "${libraries[@]}"
  answers ./in_cpp
}

@test "evt(3) is installed with the library" {
  [[ -z $EVT_SANITIZE ]] || skip "nothing to install"
  cmake --install "$EVT_BUILD_DIR" --component library --prefix prefix >/dev/null
  find prefix -name evt.3 | grep -q man/man3/evt.3
}
