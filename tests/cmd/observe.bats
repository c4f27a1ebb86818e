#!/usr/bin/env bats
# --stats and --trace: what a run cost, and every request of it.
load common

setup() { cd "$BATS_TEST_TMPDIR"; }

# value NAME LINE: what follows NAME= in a line of --stats.
value() { sed -nE "s/.* $1=(\"([^\"]*)\"|([^ ]*)).*/\2\3/p" <<<"$2"; }

@test "--stats is one line on stderr: backend, reason, operations, entries, bytes, CPU, latencies" {
  head -c 10000 /dev/zero >input
  run --separate-stderr bash -c '"$1" -q --stats --nops=5 --drain <input' _ "$probe"
  [ "$status" -eq 0 ]
  [ "${#stderr_lines[@]}" -eq 1 ]
  number='[0-9]+'
  pattern="^evtool probe: backend=[a-z_]+ reason=\"[^\"]+\" operations=[a-z_:,0-9]+ kernel_entries=$number"
  pattern+=" pool_jobs=$number bytes_read=$number bytes_written=$number user_us=$number system_us=$number"
  pattern+=" requests=$number p50_ns=$number p99_ns=$number\$"
  [[ $stderr =~ $pattern ]]
  [[ ,$(value operations "$stderr"), == *,nop:5,* ]]
  # 10 000 bytes in pieces of 4096, and the end.
  [[ ,$(value operations "$stderr"), == *,read:4,* ]]
  [ "$(value bytes_read "$stderr")" -eq 10000 ]
  [ "$(value requests "$stderr")" -eq 9 ]
  [ "$(value kernel_entries "$stderr")" -ge 1 ]
  [ "$(value p50_ns "$stderr")" -gt 0 ]
  [ "$(value p50_ns "$stderr")" -le "$(value p99_ns "$stderr")" ]
  [ -z "$output" ]
}

@test "--stats of a run without a loop says so" {
  run --separate-stderr "$probe" -q --stats
  [[ $stderr == 'evtool probe: backend=none reason="no loop was needed" '* ]]
}

@test "--stats comes also when the run fails, and when it dies by a signal" {
  run --separate-stderr "$probe" -q --stats --die-by=15
  [ "$status" -eq 143 ]
  [[ $stderr == "evtool probe: backend=none"* ]]
  run --separate-stderr bash -c '"$1" -q --stats --json >/dev/full' _ "$probe"
  [ "$status" -eq 1 ]
  [ "${#stderr_lines[@]}" -eq 2 ]
}

@test "--trace is valid JSON with a begin for every request, and an end for each that completed" {
  printf 'some bytes' >input
  run --separate-stderr bash -c '"$1" -q --stats --trace=trace --nops=100 --drain <input' _ "$probe"
  [ "$status" -eq 0 ]
  python3 - "$(value requests "$stderr")" <<'END_OF_SCRIPT'
import json, sys
events = json.load(open("trace"))
begins = {event["id"]: event for event in events if event["ph"] == "b"}
ends = {event["id"]: event for event in events if event["ph"] == "e"}
assert len(events) == len(begins) + len(ends), "an id twice"
assert len(ends) == int(sys.argv[1]) == 102, (len(ends), sys.argv)
# The probe's wait for SIGUSR1 is still pending at the end: begun, never completed.
assert [begins[number]["name"] for number in begins.keys() - ends.keys()] == ["wake"]
for number, end in ends.items():
    begin = begins[number]
    assert begin["name"] == end["name"] and begin["pid"] == end["pid"]
    assert begin["ts"] <= end["ts"]
reads = [number for number, event in begins.items() if event["name"] == "read"]
assert [begins[number]["args"] for number in reads] == [{"fd": 0}, {"fd": 0}]
assert [ends[number]["args"] for number in reads] == [{"result": 10}, {"result": 0}]
END_OF_SCRIPT
}

@test "a request that fails is in the trace with the name of its error" {
  run --separate-stderr bash -c '"$1" -q --trace=trace --drain </' _ "$probe"
  [ "$status" -eq 1 ]
  python3 -c 'import json; assert json.load(open("trace"))[-1]["args"] == {"result": -21, "error": "EISDIR"}'
}

@test "the trace of a killed run still loads: every line but the last is whole" {
  "$probe" -q --trace=trace --nops=1000000000 &
  deadline=$((SECONDS + 30))
  until [ -s trace ] || ((SECONDS > deadline)); do :; done
  kill -KILL $!
  run wait $!
  [ "$(wc -l <trace)" -ge 10 ]
  python3 -c '
import json
lines = open("trace").read().splitlines()[:-1]
events = json.loads("\n".join(lines).rstrip(",") + "]")
assert len(events) == len(lines) - 1'
}

@test "a trace that cannot be written is exit 1 and says where, and never mixes with stdout" {
  run --separate-stderr "$probe" -q --trace=nowhere/trace
  one_line 1 "evtool probe: nowhere/trace: No such file or directory"
  run --separate-stderr "$probe" -q --nops=1 --trace=/dev/full
  one_line 1 "evtool probe: /dev/full: No space left on device"
  run --separate-stderr "$probe" -q --json --trace=/dev/stdout
  one_line 2 "evtool probe: --trace: '/dev/stdout' is standard output"
}
