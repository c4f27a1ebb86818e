#!/usr/bin/env bats
# How bytes are moved: each way is taken where it should be, and moves every byte once.
load cat

setup() {
  cd "$BATS_TEST_TMPDIR"
  head -c 3000000 /dev/urandom >random
  sum=$(sha256sum <random)
}

# way EXPECTED COMMAND…: it says that this way was taken.
way() {
  local expected=$1
  shift
  "$@" 2>said
  grep -qxF "evtool cat: $expected" said || { cat said && return 1; }
}

@test "a file is spliced into a pipe, a pipe into a pipe or a file" {
  way "random: spliced" "$EVTOOL" cat --verbose random | cmp random -
  cat random | way "standard input: spliced" "$EVTOOL" cat --verbose | cmp random -
  cat random | way "standard input: spliced" "$EVTOOL" cat --verbose >target
  cmp random target
}

@test "a splice by requests of the loop moves the same" {
  [ "$("$EVTOOL" cat --stats random 2>stats | sha256sum)" = "$sum" ]
  grep -E ' operations=.*splice:[1-9]' stats
  [ "$(cat random | "$EVTOOL" cat --stats 2>stats | sha256sum)" = "$sum" ]
  grep -E ' operations=.*splice:[1-9]' stats
  cat random | "$EVTOOL" cat --stats 2>stats >target
  cmp random target
}

@test "a file is cloned into a file, on standard output and with --output" {
  way "random: cloned" "$EVTOOL" cat --verbose random >target
  cmp random target
  way "random: cloned" "$EVTOOL" cat --verbose --output target random
  cmp random target
  # Not from or to the beginning, and several.
  { printf head && way "random: cloned" "$EVTOOL" cat --verbose random random; } >target
  cat <(printf head) random random | cmp - target
  way "random: cloned" "$EVTOOL" cat --verbose --offset 4097 random >target
  tail -c +4098 random | cmp - target
}

@test "a clone moves the positions of descriptors that others share" {
  { "$EVTOOL" cat random && printf tail; } >target
  { cat random && printf tail; } | cmp - target
  { "$EVTOOL" cat --bytes 2000000 >first && cat >rest; } <random
  cat first rest | cmp random -
  [ "$(stat -c %s first)" -eq 2000000 ]
}

@test "a file is copied between file systems that cannot share" {
  local other
  for other in /dev/shm /run /tmp; do
    [ -w "$other" ] && [ "$(stat -c %d "$other")" != "$(stat -c %d .)" ] && break
    other=
  done
  [ -n "$other" ] || skip "only one file system here"
  other=$(mktemp -p "$other")
  "$EVTOOL" cat random >"$other"
  run cmp random "$other"
  rm "$other"
  [ "$status" -eq 0 ]
}

@test "output that is appended to is written" {
  printf before >target
  way "random: copied" "$EVTOOL" cat --verbose random >>target
  cat random | way "standard input: copied" "$EVTOOL" cat --verbose >>target
  { printf before && cat random random; } | cmp - target
}

@test "small files are copied" {
  echo small >small
  way "small: copied" "$EVTOOL" cat --verbose small small | cmp <(cat small small) -
}

@test "--copy, --tee, --rate-limit, --direct and -n copy" {
  for option in --copy --tee=twin --rate-limit=1G --direct; do
    way "random: copied" "$EVTOOL" cat --verbose "$option" random | cmp random -
  done
  cmp random twin
  way "random: copied" "$EVTOOL" cat --verbose -n random | cmp <(cat -n random) -
}

@test "pipes grow to a mebibyte" {
  python3 - "$EVTOOL" <<'PYTHON'
import fcntl, os, subprocess, sys
reader, writer = os.pipe()
process = subprocess.Popen([sys.argv[1], "cat", "random"], stdout=writer)
os.close(writer)
data = os.read(reader, 1)  # Large files are spliced after it grew, from the second batch on.
while chunk := os.read(reader, 1 << 20):
    data += chunk
assert data == open("random", "rb").read()
assert process.wait(30) == 0
assert fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ) == 1 << 20
PYTHON
}

@test "a pipe that cannot grow and holds little is copied into" {
  ((EUID == 0)) || skip "needs a user whose quota nobody else uses"
  python3 - "$EVTOOL" <<'PYTHON'
import os, subprocess, sys
user = 1_000_000 + os.getpid()
def as_user():
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
# Uses up what the user may have in pipes, down to the last pages.
hog = r"""
import fcntl, os, sys
pipes = [os.pipe()]
try:
    while True:
        fcntl.fcntl(pipes[-1][0], fcntl.F_SETPIPE_SZ, 1 << 20)
        pipes.append(os.pipe())
except OSError:
    pass
# Once nothing is left a new pipe gets two pages.
while fcntl.fcntl(pipes[-1][0], fcntl.F_GETPIPE_SZ) > 8192:
    pipes.append(os.pipe())
reader, writer = os.pipe()
fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
os.dup2(writer, 1)
os.close(writer)
child = os.fork()
if child == 0:
    os.execv(sys.argv[1], [sys.argv[1], "cat", "--verbose", "/proc/self/fd/0"])
os.close(1)
data = b""
while chunk := os.read(reader, 1 << 16):
    data += chunk
sys.stderr.write(f"{len(data)} {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
"""
with open("random", "rb") as source:
    done = subprocess.run(["/usr/bin/python3", "-ISc", hog, sys.argv[1]], stdin=source, stderr=subprocess.PIPE, preexec_fn=as_user, text=True)
print(done.stderr)
assert "copied" in done.stderr and "3000000 0" in done.stderr
PYTHON
}

@test "sockets are copied, both ways, and get no O_NONBLOCK" {
  python3 - "$EVTOOL" <<'PYTHON'
import fcntl, os, socket, subprocess, sys, threading
data = open("random", "rb").read()
ours, theirs = socket.socketpair()
out, out_theirs = socket.socketpair()
flags = [fcntl.fcntl(each, fcntl.F_GETFL) for each in (theirs, out_theirs)]
process = subprocess.Popen([sys.argv[1], "cat", "--verbose"], stdin=theirs, stdout=out_theirs, stderr=subprocess.PIPE)
def send():
    ours.sendall(data)
    ours.shutdown(socket.SHUT_WR)
thread = threading.Thread(target=send)
thread.start()
out.settimeout(30)
got = b""
while len(got) < len(data):
    got += out.recv(1 << 20)
assert got == data
assert process.wait(30) == 0
thread.join()
assert b"standard input: copied" in process.stderr.read()
assert flags == [fcntl.fcntl(each, fcntl.F_GETFL) for each in (theirs, out_theirs)]
PYTHON
}

@test "a FIFO may be opened before its writer, and is read to its end" {
  mkfifo fifo
  for option in -u --copy --stats; do
    "$EVTOOL" cat "$option" random fifo random 2>/dev/null >target &
    cat random >fifo
    wait $!
    cat random random random | cmp - target
  done
}

@test "a FIFO whose writer comes late holds up nothing that stands before it" {
  mkfifo fifo out
  "$EVTOOL" cat random fifo >out &
  exec 5<out
  head -c 3000000 <&5 | cmp random -
  # Only now.
  echo late >fifo
  [ "$(cat <&5)" = late ]
  wait $!
}

@test "a writer that stalls loses nothing" {
  mkfifo in out
  for option in -u --copy --stats; do
    "$EVTOOL" cat "$option" <in >out 2>/dev/null &
    exec 6>in 5<out
    for word in one two three; do
      echo $word >&6
      read -r answer <&5
      [ "$answer" = $word ]
    done
    exec 6>&-
    [ -z "$(cat <&5)" ]
    wait $!
    exec 5<&-
  done
}

@test "a description that somebody made non-blocking is waited for" {
  python3 - "$EVTOOL" <<'PYTHON'
import os, subprocess, sys, threading
data = open("random", "rb").read()
for options in ([], ["--copy"], ["--stats"]):
    in_reader, in_writer = os.pipe()
    out_reader, out_writer = os.pipe()
    os.set_blocking(in_reader, False)
    os.set_blocking(out_writer, False)
    process = subprocess.Popen([sys.argv[1], "cat", *options], stdin=in_reader, stdout=out_writer, stderr=subprocess.DEVNULL)
    os.close(in_reader)
    os.close(out_writer)
    def feed():
        with open(in_writer, "wb") as file:
            file.write(data)
    thread = threading.Thread(target=feed)
    thread.start()
    with open(out_reader, "rb") as file:
        assert file.read() == data, options
    assert process.wait(30) == 0, options
    thread.join()
PYTHON
}
