#!/usr/bin/env bats
# The program people install: one static, hardened file that starts with few page faults.
bats_require_minimum_version 1.5.0

setup() {
  [[ -z $EVT_SANITIZE ]] || skip "a sanitizer build is dynamic"
  [ -x "$EVTOOL" ]
  grep -q '^EVTOOL_STATIC:BOOL=ON' "$EVT_BUILD_DIR/CMakeCache.txt" || skip "EVTOOL_STATIC is off"
}

@test "evtool needs no shared object and no interpreter" {
  run readelf --wide --program-headers --dynamic "$EVTOOL"
  [ "$status" -eq 0 ]
  [[ $output == *DYNAMIC* ]]
  [[ $output != *INTERP* ]]
  [[ $output != *"(NEEDED)"* ]]
}

@test "evtool is position-independent, its relocated data read-only, its stack not executable" {
  run readelf --wide --program-headers --dynamic "$EVTOOL"
  [[ $output == *"(FLAGS_1)"*PIE* ]]
  [[ $output == *GNU_RELRO* ]]
  [[ $output == *BIND_NOW* ]]
  stack=$(grep GNU_STACK <<<"$output")
  [[ $stack == *" RW "* ]]
}

@test "evtool has stack protectors and checked string functions" {
  readelf --wide --symbols "$EVTOOL" >"$BATS_TEST_TMPDIR/symbols"
  grep -q __stack_chk_fail "$BATS_TEST_TMPDIR/symbols"
  grep -q '__[a-z]*_chk$' "$BATS_TEST_TMPDIR/symbols"
}

# Page faults, unlike time, are the same in every run but for where the stack happens to begin.
@test "evtool --version takes at most 0.95 times the page faults of busybox true" {
  command -v busybox >/dev/null || skip "no busybox"
  run python3 - "$EVTOOL" <<'END'
import os, statistics, sys

def faults(*command):
    def once():
        quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
        _, status, usage = os.wait4(child, 0)
        assert status == 0, (command, status)
        return usage.ru_minflt
    return statistics.median(once() for _ in range(50))

ours, peer = faults(sys.argv[1], "--version"), faults("busybox", "true")
print(f"{ours} faults, busybox {peer}")
sys.exit(not 0 < ours <= 0.95 * peer)
END
  echo "$output"
  [ "$status" -eq 0 ]
}
