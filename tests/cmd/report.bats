#!/usr/bin/env bats
# --json and --json-file: one object of one shape, and never in the same place as data.
load common

setup() { cd "$BATS_TEST_TMPDIR"; }

# field NAME < JSON
field() { python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)[sys.argv[1]]))' "$1"; }

@test "--json prints one object on stdout, in one line, with the members every report has" {
  run --separate-stderr "$probe" -q --backend=epoll --nops=1 --json
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  [ "$(python3 -c 'import json, sys; print(*json.load(sys.stdin))' <<<"$output")" = "schema tool version backend args result" ]
  [ "$(field schema <<<"$output")" = 1 ]
  [ "$(field tool <<<"$output")" = '"probe"' ]
  [ "$(field backend <<<"$output")" = '"epoll"' ]
  [ "\"evtool $(field version <<<"$output" | tr -d '"')\"" = "\"$("$EVTOOL" --version)\"" ]
  [ "$(field args <<<"$output")" = '["-q", "--backend=epoll", "--nops=1", "--json"]' ]
  [ -z "$stderr" ]
}

@test "arguments that are not UTF-8 arrive as base64, controls escaped" {
  run --separate-stderr "$probe" -q --json --word=$'\xff'
  [ "$(field args_b64 <<<"$output")" = '["LXE=", "LS1qc29u", "LS13b3JkPf8="]' ]
  run --separate-stderr "$probe" -q --json --word=$'\e[31m\u202e'
  [[ $output == *'\u001b[31m\u202e'* ]]
  [[ $output != *$'\e'* ]]
}

@test "where stdout carries data --json needs --json-file" {
  run --separate-stderr "$probe" data --json
  one_line 2 "evtool data-probe: option '--json' needs '--json-file' here: standard output carries data"
  for applet in $("$EVTOOL" --list | cut -f1); do
    case $applet in
      timer) operands=(1ms) ;;
      wait-pid) operands=(-t 0 $$) ;;
      dial) operands=(127.0.0.1 1) ;;
      dnsq) operands=(@127.0.0.1 -p 1 --tries=1 --timeout=100ms x) ;;
      *) operands=() ;;
    esac
    run --separate-stderr "$EVTOOL" "$applet" --json "${operands[@]}"
    [ "$status" -ne 2 ] ||
      one_line 2 "evtool $applet: option '--json' needs '--json-file' here: standard output carries data"
  done
}

@test "--json-file writes the object to a file, replacing what was there, and implies --json" {
  printf 'a long text that was here before, longer than any report, on and on and on%200s\n' >report x
  run --separate-stderr "$probe" data -q --json-file=report
  one_line 0 ""
  [ "$(field tool <report)" = '"data-probe"' ]
  [ "$(wc -l <report)" -eq 1 ]
}

@test "--json-file=fd:N writes it to an open descriptor, wherever that is" {
  printf 'before\n' >report
  run --separate-stderr bash -c '"$1" data -q --json-file=fd:7 7>>report' _ "$probe"
  one_line 0 ""
  [ "$(head -n 1 report)" = before ]
  [ "$(tail -n +2 report | field tool)" = '"data-probe"' ]
  run --separate-stderr bash -c '"$1" data -q --json-file fd:2' _ "$probe"
  [ "$(field tool <<<"$stderr")" = '"data-probe"' ]
}

@test "descriptors that are not open, not numbers or not writable are told" {
  run --separate-stderr "$probe" --json-file=fd:77
  one_line 2 "evtool probe: --json-file: 'fd:77': Bad file descriptor"
  run --separate-stderr "$probe" --json-file=fd:x
  one_line 2 "evtool probe: --json-file: 'fd:x' is not a number; expected a whole number"
  run --separate-stderr "$probe" -q --json-file=fd:0 </dev/null
  one_line 1 "evtool probe: fd:0: Bad file descriptor"
}

@test "a report never goes where the data goes, by whatever name" {
  run --separate-stderr "$probe" data --json-file=fd:1
  one_line 2 "evtool data-probe: --json-file: 'fd:1' is standard output, which carries data"
  run --separate-stderr bash -c '"$1" data --json-file=fd:3 3>&1' _ "$probe"
  one_line 2 "evtool data-probe: --json-file: 'fd:3' is standard output, which carries data"
  run --separate-stderr "$probe" data --json-file=/dev/stdout
  one_line 2 "evtool data-probe: --json-file: '/dev/stdout' is standard output, which carries data"
  printf 'precious\n' >file
  run --separate-stderr bash -c '"$1" data --json-file=file >>file' _ "$probe"
  one_line 2 "evtool data-probe: --json-file: 'file' is standard output, which carries data"
  [ "$(cat file)" = precious ]
}

@test "a report that cannot be written is exit 1 and says where" {
  run --separate-stderr "$probe" -q --json-file=nowhere/report
  one_line 1 "evtool probe: nowhere/report: No such file or directory"
  run --separate-stderr "$probe" -q --json-file=/dev/full
  one_line 1 "evtool probe: /dev/full: No space left on device"
  run --separate-stderr bash -c '"$1" -q --json >/dev/full' _ "$probe"
  one_line 1 "evtool probe: standard output: No space left on device"
}
