# Servers for the tests of dial: `load dial`.
# shellcheck shell=bash
servers=()

# eventually COMMAND…: until it succeeds, ten seconds at most.
eventually() {
  local end=$((SECONDS + 10))
  until "$@" 2>/dev/null; do
    ((SECONDS < end)) || { echo "never: $*" && return 1; }
    sleep 0.01
  done
}

# A port of 127.0.0.1 where nobody listens.
closed_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# serve tcp|udp|unix|abstract COMMAND [PATH]: COMMAND for each connection; sets $port.
serve() {
  local place
  port=$(closed_port)
  case $1 in
    tcp) place=TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr ;;
    udp) place=UDP-LISTEN:$port,bind=127.0.0.1,fork ;;
    unix) place=UNIX-LISTEN:$3,fork ;;
    abstract) place=ABSTRACT-LISTEN:$3,fork ;;
  esac
  printf '%s\n' "$2" >"command.$port"
  socat "$place" SYSTEM:"sh $PWD/command.$port" 2>"socat.$port" 3>&- &
  servers+=($!)
  case $1 in
    tcp) eventually listening "$port" ;;
    udp) eventually grep -q ":$(printf %04X "$port") " /proc/net/udp ;;
    unix) eventually test -S "$3" ;;
    abstract) eventually grep -q "@$3" /proc/net/unix ;;
  esac
}

# listening PORT: somebody does. Without a connection, which would be one for the server.
listening() { grep -q ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }

# nginx on $port of 127.0.0.1, which says hello.
serve_http() {
  port=$(closed_port)
  mkdir -p www temp
  echo 'hello from nginx' >www/index.html
  cat >nginx.conf <<END
daemon off; master_process off; worker_processes 1; pid $PWD/nginx.pid; error_log $PWD/nginx.log;
events {}
http { access_log off; client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server { listen 127.0.0.1:$port; root $PWD/www; location / { try_files /index.html =404; } } }
END
  /usr/sbin/nginx -p "$PWD" -c "$PWD/nginx.conf" 2>/dev/null 3>&- &
  servers+=($!)
  eventually listening "$port"
}

# A listener on $port of 127.0.0.1 whose backlog is full: who connects is not answered.
full_listener() {
  python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
port = s.getsockname()[1]
held = []
for _ in range(4):
    c = socket.socket(); c.setblocking(False); c.connect_ex(("127.0.0.1", port)); held.append(c)
print(port, flush=True)
time.sleep(60)' >full 3>&- &
  servers+=($!)
  eventually test -s full
  port=$(<full)
}

stop_servers() {
  local server
  for server in "${servers[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
}
