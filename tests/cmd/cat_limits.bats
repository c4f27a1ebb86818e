#!/usr/bin/env bats
# Which bytes are copied, and how fast: --offset, --bytes, --rate-limit.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  seq 1 1000 >lines
}

ways=(-u --copy --stats)

@test "--offset skips the beginning of each file, also of pipes" {
  { tail -c +100001 random && tail -c +100001 random; } >expected
  for way in "${ways[@]}"; do
    "$EVTOOL" cat "$way" --offset 100000 random random 2>/dev/null | cmp expected -
    "$EVTOOL" cat "$way" --offset 100000 random random 2>/dev/null >target
    cmp expected target
    cat random | "$EVTOOL" cat "$way" --offset 100000 2>/dev/null | cmp <(tail -c +100001 random) -
  done
}

@test "--offset at or past the end of a file leaves nothing of it" {
  for way in "${ways[@]}"; do
    [ -z "$("$EVTOOL" cat "$way" --offset 1M lines 2>/dev/null)" ]
    [ -z "$(cat lines | "$EVTOOL" cat "$way" --offset 1M 2>/dev/null)" ]
    [ -z "$("$EVTOOL" cat "$way" --offset "$(stat -c %s lines)" lines 2>/dev/null)" ]
  done
}

@test "--bytes counts over all files, and reads no more of a shared input" {
  for size in 0 1 4096 65536 65537 3000000 3000001 6000000 1G; do
    for way in "${ways[@]}"; do
      cat random random | head -c "${size/1G/9000000}" >expected
      "$EVTOOL" cat "$way" --bytes $size random random 2>/dev/null | cmp expected -
      "$EVTOOL" cat "$way" --bytes $size random random 2>/dev/null >target
      cmp expected target
    done
  done
  for way in "${ways[@]}"; do
    { "$EVTOOL" cat "$way" --bytes 100000 2>/dev/null >first && cat >rest; } < <(cat random)
    cat first rest | cmp random -
  done
}

@test "after --bytes no further file is opened" {
  [ "$("$EVTOOL" cat --bytes 2 lines missing)" = 1 ]
  [ "$(yes | "$EVTOOL" cat --bytes 4)" = "y
y" ]
}

@test "--offset and --bytes go together" {
  "$EVTOOL" cat --offset 10 --bytes 1000000 random lines | cmp <(tail -c +11 random | head -c 1000000) -
  printf '2\n3\n' | cmp - <("$EVTOOL" cat --offset 2 --bytes 4 lines)
}

@test "--rate-limit takes its time, and loses nothing" {
  local before=${EPOCHREALTIME/./}
  "$EVTOOL" cat --rate-limit 6M random | cmp random -
  local elapsed_us=$((${EPOCHREALTIME/./} - before))
  echo "$elapsed_us us"
  # 3 000 000 bytes, without the last tenth of a second's worth, which nobody waits for.
  [ "$elapsed_us" -ge 370000 ]
}

@test "usage errors are one line that names the token, and exit 2" {
  usage() {
    local expected=$1
    shift
    run --separate-stderr "$EVTOOL" cat "$@"
    echo "$stderr"
    [ "$status" -eq 2 ]
    [ -z "$output" ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [[ $stderr == "evtool cat: "*"$expected"* ]]
  }
  usage "'12x'" --bytes=12x lines
  usage "'-1'" --offset=-1 lines
  usage "'0'" --rate-limit=0 lines
  usage "'1.5'" --size=1.5 lines
  usage "'x'" --progress-fd=x lines
  usage "'77' is not open" --progress-fd=77 lines
  usage "'--append'" --append lines
  usage "--tee" --tee= lines
  usage "'--nonsense'" --nonsense lines
  usage "-y" -y lines
  usage "--json-file" --json lines
}
