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

# A static program holds libc's own stack protectors and checks too: only our objects tell about ours.
@test "our objects have stack protectors, checked string functions and checked containers" {
  for archive in lib/libevt.a cmd/libevtool_cmd.a; do
    nm --undefined-only "$EVT_BUILD_DIR/$archive" >"$BATS_TEST_TMPDIR/symbols"
    grep -q ' __stack_chk_fail$' "$BATS_TEST_TMPDIR/symbols"
    grep -q ' __[a-z]*_chk$' "$BATS_TEST_TMPDIR/symbols"
    grep -q '__glibcxx_assert_fail' "$BATS_TEST_TMPDIR/symbols"
  done
}

@test "every object of ours is marked for indirect branch tracking and shadow stacks" {
  [ "$(uname -m)" = x86_64 ] || skip "not on $(uname -m)"
  for archive in lib/libevt.a cmd/libevtool_cmd.a; do
    members=$(ar t "$EVT_BUILD_DIR/$archive" | wc -l)
    [ "$members" -ge 10 ]
    [ "$(readelf --wide --notes "$EVT_BUILD_DIR/$archive" 2>/dev/null | grep -c 'IBT, SHSTK')" -eq "$members" ]
  done
}

@test "every source of ours is compiled with the hardening flags" {
  run python3 - "$EVT_BUILD_DIR/compile_commands.json" "$EVT_SOURCE_DIR" <<'END'
import json, sys
wanted = {"-fstack-protector-strong", "-fstack-clash-protection", "-D_FORTIFY_SOURCE=3", "-D_GLIBCXX_ASSERTIONS"}
places = tuple(f"{sys.argv[2]}/{place}/" for place in ("lib/src", "cmd"))
ours = [entry for entry in json.load(open(sys.argv[1])) if entry["file"].startswith(places)]
assert len(ours) >= 20, len(ours)
for entry in ours:
    words = entry["command"].split()
    missing = wanted - set(words)
    assert not missing, (entry["file"], missing)
    assert any(word in words for word in ("-O2", "-Og")), entry["file"]  # Without, FORTIFY does nothing.
END
  echo "$output"
  [ "$status" -eq 0 ]
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
