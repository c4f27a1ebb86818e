#!/usr/bin/env bats
# System calls fail for real, as strace makes them: the loop goes on, falls back or says so. It loses nothing and does not spin.
bats_require_minimum_version 1.5.0

WORK="$EVT_BUILD_DIR/tests/faults/faults_work"

setup() {
  [ -x "$WORK" ]
  [[ -z $EVT_SANITIZE ]] || skip "leak checking and strace do not go together"
  strace -o /dev/null true 2>/dev/null || skip "no strace here"
  cd "$BATS_TEST_TMPDIR"
}

has_io_uring() { "$WORK" io_uring ping >/dev/null; }

# work BACKEND SCENARIO FAULT…: runs it while system calls fail; each fault is an expression of strace's `inject`.
work() {
  local backend=$1 scenario=$2 faults=() fault
  shift 2
  for fault; do faults+=(-e "inject=$fault"); done
  # shellcheck disable=SC2034  # bats reads it.
  run strace -f -qq -o trace -e signal=none "${faults[@]}" "$WORK" "$backend" "$scenario"
  injected=$(grep -c '(INJECTED)' trace) || injected=0
  echo "$backend $scenario, injected $injected: $output"
  [ "$injected" -ge 1 ]
}

# goes_on BACKEND SCENARIO FAULT…: all is done and right, and each failure costs at most another three turns.
goes_on() {
  local quiet turns
  quiet=$("$WORK" "$1" "$2")
  work "$@"
  [ "$status" -eq 0 ]
  turns=${output##*turns=}
  quiet=${quiet##*turns=}
  ((${turns%% *} <= 2 * ${quiet%% *} + 3 * injected + 100))
  ((injected <= 2 * ${turns%% *} + 100))
}

# reports TEXT BACKEND SCENARIO FAULT…: the error comes out where it belongs.
reports() {
  local text=$1
  shift
  work "$@"
  [ "$status" -eq 3 ]
  [ "$output" = "reported $text" ]
  [ "$injected" -lt 100 ]
}

# falls_back REASON FAULT…: the loop is one of epoll, works, and says why.
falls_back() {
  local reason=$1
  shift
  work auto ping "$@"
  [ "$status" -eq 0 ]
  [[ $output == done*" epoll ($reason)" ]]
}

@test "a ring that is refused falls back to epoll, with the reason" {
  has_io_uring || skip "no io_uring here"
  falls_back "io_uring_setup: Cannot allocate memory" io_uring_setup:error=ENOMEM
  falls_back "io_uring_setup: Operation not permitted" io_uring_setup:error=EPERM
  falls_back "io_uring_setup: Function not implemented" io_uring_setup:error=ENOSYS
  falls_back "io_uring_setup: Invalid argument" io_uring_setup:error=EINVAL
  falls_back "io_uring_setup: Too many open files" io_uring_setup:error=EMFILE
  falls_back "eventfd: Too many open files" eventfd2:error=EMFILE:when=1
}

@test "a ring that is made and then of no use falls back too" {
  has_io_uring || skip "no io_uring here"
  falls_back "io_uring_register: Operation not permitted" io_uring_register:error=EPERM
  falls_back "io_uring_register: Function not implemented" io_uring_register:error=ENOSYS
  falls_back "io_uring_enter: Operation not permitted" io_uring_enter:error=EPERM
  falls_back "io_uring_enter: Function not implemented" io_uring_enter:error=ENOSYS
}

@test "a backend asked for by name that is refused is an error" {
  has_io_uring || skip "no io_uring here"
  reports "io_uring_setup: Operation not permitted" io_uring ping io_uring_setup:error=EPERM
  reports "io_uring_enter: Operation not permitted" io_uring ping io_uring_enter:error=EPERM
  reports "eventfd: Too many open files" io_uring ping eventfd2:error=EMFILE
  reports "epoll_create1: Too many open files" epoll ping epoll_create1:error=EMFILE
}

@test "where neither backend can be made that is an error" {
  reports "epoll_create1: Too many open files" auto ping io_uring_setup:error=ENOMEM epoll_create1:error=EMFILE
}

@test "io_uring_enter that fails now and then loses nothing" {
  has_io_uring || skip "no io_uring here"
  local scenario error
  for scenario in pipes sockets ping files threads timers crowd; do
    for error in EINTR EAGAIN EBUSY; do goes_on io_uring "$scenario" "io_uring_enter:error=$error:when=2+2"; done
  done
  goes_on io_uring crowd io_uring_enter:error=ENOMEM:when=2..40
}

@test "epoll_pwait2 that is interrupted loses nothing" {
  local scenario
  for scenario in pipes sockets ping threads timers crowd; do goes_on epoll "$scenario" epoll_pwait2:error=EINTR:when=1+2; done
}

@test "a kernel without epoll_pwait2 has epoll_wait, which may be interrupted" {
  local scenario
  for scenario in pipes ping threads timers; do
    goes_on epoll "$scenario" epoll_pwait2:error=ENOSYS epoll_wait:error=EINTR:when=1+2
  done
}

@test "reads and writes that are interrupted go on" {
  goes_on epoll pipes preadv2:error=EINTR:when=1+2
  goes_on epoll pipes pwritev2:error=EINTR:when=1+2
  goes_on epoll ping recvmsg,recvfrom:error=EINTR:when=1+2
  goes_on epoll ping sendmsg,sendto:error=EINTR:when=1+2
  goes_on epoll files pwrite64,pwritev,pwritev2:error=EINTR:when=1
  goes_on epoll files fsync:error=EINTR:when=1
}

@test "reads and writes that fail tell their errno once" {
  reports "read_exact: Cannot allocate memory" epoll pipes preadv2:error=ENOMEM:when=3
  reports "write: Cannot allocate memory" epoll pipes pwritev2:error=ENOMEM:when=2
  reports "write: No space left on device" epoll pipes pwritev2:error=ENOSPC:when=2
  reports "read: Connection reset by peer" epoll ping recvmsg,recvfrom:error=ECONNRESET:when=5
  reports "write: Connection reset by peer" epoll ping sendmsg,sendto:error=ECONNRESET:when=5
  reports "fsync: Input/output error" epoll files fsync:error=EIO:when=1
}

@test "accept4 and connect that are interrupted or fail lose no connection" {
  goes_on epoll accepts accept4:error=EINTR:when=1+2
  goes_on epoll accepts accept4:error=ECONNABORTED:when=1+3
  goes_on epoll accepts accept4:error=EMFILE:when=2+3
  goes_on epoll accepts accept4:error=ENOBUFS:when=3..9
  goes_on epoll accepts epoll_pwait2:error=EINTR:when=1+2
  has_io_uring || skip "no io_uring here"
  goes_on io_uring accepts io_uring_enter:error=EINTR:when=2+2
}

@test "accept4 that fails for good is reported each time, and not asked more often than that" {
  work epoll accepts accept4:error=EMFILE
  [ "$status" -eq 3 ]
  [ "$output" = "reported accept: Too many open files" ]
  [ "$injected" -eq 100 ]
}

# The first pwritev2 asks whether the kernel knows RWF_NOSIGNAL.
@test "pipes that do not know RWF_NOWAIT are opened anew, or served by threads" {
  local refused=(preadv2:error=EOPNOTSUPP:when=1 pwritev2:error=EOPNOTSUPP:when=1..2)
  goes_on epoll pipes "${refused[@]}"
  goes_on epoll pipes "${refused[@]}" openat:error=EACCES
  goes_on epoll files preadv2:error=EOPNOTSUPP:when=1
}

@test "a descriptor that epoll takes no more is an error of the operation" {
  reports "read_exact: No space left on device" epoll pipes epoll_ctl:error=ENOSPC:when=2
  reports "read_exact: Cannot allocate memory" epoll pipes epoll_ctl:error=ENOMEM:when=2
}

@test "a thread that cannot be started is an error of the operation" {
  reports "pwrite: Resource temporarily unavailable" epoll files clone3,clone:error=EAGAIN
}

@test "timers of every clock fire without a timerfd" {
  local backend
  for backend in io_uring epoll; do
    [ "$backend" = epoll ] || has_io_uring || continue
    goes_on "$backend" timers timerfd_create:error=EMFILE
    goes_on "$backend" timers timerfd_settime:error=EINVAL
  done
}

@test "timers of every clock fire where epoll does not take their timerfd" {
  local first
  for first in 2 3 4; do goes_on epoll timers "epoll_ctl:error=ENOSPC:when=$first+"; done
}
