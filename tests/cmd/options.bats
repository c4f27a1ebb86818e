#!/usr/bin/env bats
# How words become settings, for every applet: spellings, grammars of values, and one line for each mistake.
load common

# reads EXPECTED WORD…: the probe understands the words as this JSON.
reads() {
  local expected=$1
  shift
  run --separate-stderr "$probe" -q --json "$@"
  [ "$status" -eq 0 ]
  diff <(echo "$expected") <(sed 's/.*"result":{"operands":\(.*\)}}$/\1/; s/,"when":"auto"//; s/,"flag":false//' <<<"$output")
}

# refuses MESSAGE WORD…
refuses() {
  local message=$1
  shift
  run --separate-stderr "$probe" "$@"
  one_line 2 "evtool probe: $message"
}

@test "values follow as --name=VALUE, --name VALUE, -nVALUE and -n VALUE" {
  for words in "--word=a" "--word a" "-wa" "-w a"; do
    # shellcheck disable=SC2086
    reads '[],"words":["a"]' $words
  done
  reads '[],"words":["a=b"]' --word=a=b
  reads '[],"words":["=a"]' -w=a
  reads '[],"words":[""]' --word=
  reads '[],"words":["--flag","-f","--"]' --word --flag -w -f --word --
}

@test "flags of one letter go together, the last may take a value" {
  reads '[],"words":["f"],"flag":true' -fwf
  reads '[],"words":["x"],"flag":true' -fw x
}

@test "repeated options add up or the last counts, and commas split nothing" {
  reads '[],"words":["a,b","c"]' --word a,b -wc
  reads '[],"words":[],"size_bytes":2' --size=1 --size=2
}

@test "options and operands mix; - is an operand; after -- everything is" {
  reads '["a","-","b"],"words":[],"flag":true' a -f - b
  reads '["-f","--","--json"],"words":[]' -- -f -- --json
}

@test "sizes: k is 1024, kB is 1000, fractions need a unit" {
  reads '[],"words":[],"size_bytes":0' --size=0
  reads '[],"words":[],"size_bytes":65536' --size=64k
  reads '[],"words":[],"size_bytes":1048576' --size=1M
  reads '[],"words":[],"size_bytes":1073741824' --size=1GiB
  reads '[],"words":[],"size_bytes":10000' --size=10kB
  reads '[],"words":[],"size_bytes":1536' --size=1.5K
}

@test "rates are sizes a second" {
  reads '[],"words":[],"rate_bytes_per_second":10240' --rate=10k/s
  reads '[],"words":[],"rate_bytes_per_second":500' --rate=500
}

@test "durations: units, sums, fractions, bare seconds, inf" {
  reads '[],"words":[],"time_ns":250000' --time=250us
  reads '[],"words":[],"time_ns":250000000' --time=250ms
  reads '[],"words":[],"time_ns":5000000000' --time=5s
  reads '[],"words":[],"time_ns":90000000000' --time=1m30s
  reads '[],"words":[],"time_ns":5400000000000' --time=1.5h
  reads '[],"words":[],"time_ns":172800000000000' --time=2d
  reads '[],"words":[],"time_ns":3000000000' -t3
  reads '[],"words":[],"time_ns":9223372036854775807' --time=inf
}

@test "negative, NaN, overflow and trailing junk are refused, and the token is quoted" {
  local size="expected a size such as 64k, 1M or 1GiB"
  refuses "--size: '-1' is negative; $size" --size=-1
  refuses "--size: '-1' is negative; $size" --size -1
  refuses "--size: '' is not a number; $size" --size=
  refuses "--size: 'nan' is not a number; $size" -s nan
  refuses "--size: '16E' is too large; $size" --size=16E
  refuses "--size: '5x' has junk after the number; $size" --size 5x
  refuses "--size: '1.5' is not a whole number of bytes; $size" --size=1.5
  refuses "--size: '5\n' has junk after the number; $size" --size=$'5\n'
  local time="expected a duration such as 250ms, 5s or 1m30s"
  refuses "--time: '-5s' is negative; $time" --time -5s
  refuses "--time: 'nan' is not a number; $time" --time=nan
  refuses "--time: '99999999d' is too large; $time" --time=99999999d
  refuses "--time: '5sx' has junk after the number; $time" --time=5sx
  refuses "--time: '1s1m' has its units out of order; $time" --time=1s1m
  refuses "--rate: '0' is zero; expected a rate such as 500k/s or 10M/s" --rate=0
  refuses "--rate: '5/m' has junk after the number; expected a rate such as 500k/s or 10M/s" --rate=5/m
  refuses "--number: '65536' is too large; expected a whole number" --number=65536
  refuses "--number: ' 5' is not a number; expected a whole number" --number=' 5'
  refuses "--when: 'Auto' is none of auto, always and never" --when=Auto
}

@test "unknown options, missing and unwanted values and extra operands are named" {
  refuses "unknown option '--nosuch'" --nosuch
  refuses "unknown option '--sise'; did you mean '--size'?" --sise=5
  refuses "unknown option '-z'" -fz
  refuses "option '--word' needs a value: TEXT" --word
  refuses "option '-w' needs a value: TEXT" -fw
  refuses "option '--flag' takes no value, but got 'yes'" --flag=yes
  refuses "extra operand 'd'" a b c d
  refuses "--trace: '' names no file" --trace=
  refuses "--json-file: '' names no file" --json-file=
}

@test "a mistake is told even beside --help, and --help wins over --version" {
  refuses "unknown option '--nosuch'" --help --nosuch
  run --separate-stderr "$probe" --version --help
  [[ $output == "Usage: "* ]]
}

@test "--quiet silences notes, not errors; --verbose names the backend and why" {
  run --separate-stderr "$probe" --quiet word
  [ "$stderr" = "evtool probe: word" ]
  run --separate-stderr "$probe" word
  [ "$stderr" = $'evtool probe: 1 operands\nevtool probe: word' ]
  run --separate-stderr "$probe" -q --verbose --backend=epoll --nops=1
  [ "$stderr" = "evtool probe: backend epoll" ]
}
