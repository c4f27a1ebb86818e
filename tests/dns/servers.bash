# Real name servers on the loopback, each in a folder of its own, ended by pid.

# serve knot|nsd ZONE-FILE: starts it with the zone every.test, and sets `port` and `server`.
serve() {
  local attempt
  folder=$(mktemp -d "$BATS_FILE_TMPDIR/$1.XXXXXX")
  cp "$2" "$folder/zone"
  for attempt in {1..20}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
    "start_$1" 3>&-
    if answers_within 10; then return 0; fi
    stop
    cat "$folder/log" >&2
  done
  echo "$1 does not start" >&2
  return 1
}

start_knot() {
  cat >"$folder/conf" <<END
server:
  rundir: "$folder"
  listen: 127.0.0.1@$port
  user: $(id -un):$(id -gn)
  udp-max-payload: 4096
log:
  - target: "$folder/log"
    any: warning
database:
  storage: "$folder"
zone:
  - domain: every.test
    file: "$folder/zone"
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
END
  /usr/sbin/knotd -c "$folder/conf" >"$folder/log" 2>&1 &
  server=$!
}

start_nsd() {
  cat >"$folder/conf" <<END
server:
  ip-address: 127.0.0.1@$port
  username: ""
  pidfile: ""
  logfile: "$folder/log"
  database: ""
  zonelistfile: "$folder/list"
  xfrdfile: "$folder/xfrd"
  xfrdir: "$folder"
  server-count: 1
  ipv4-edns-size: 4096
  zonesdir: "$folder"
remote-control:
  control-enable: no
zone:
  name: every.test
  zonefile: zone
END
  /usr/sbin/nsd -d -c "$folder/conf" >"$folder/log" 2>&1 &
  server=$!
}

# answers_within SECONDS: waits until the server of ours answers; not for longer, nor when it has ended.
answers_within() {
  local until=$((SECONDS + $1))
  while kill -0 "$server" 2>/dev/null && ((SECONDS < until)); do
    [[ $(dig @127.0.0.1 -p "$port" +short +time=1 +tries=1 every.test SOA) != ns.every.test.* ]] || return 0
  done
  return 1
}

stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}
