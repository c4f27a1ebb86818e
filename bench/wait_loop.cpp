/// The hand-written limit for wait-pid: pidfds in one epoll set, PIDFD_GET_INFO once each was reaped, a line for each.
/// No time limit, no signals, no other errors than giving up. Usage: wait_loop PID...
#include "common/measure.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

/// PIDFD_GET_INFO of <linux/pidfd.h>, in its first size.
struct Info {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t ids[11];
  std::int32_t exit_code;
};
static_assert(sizeof(Info) == 64);
constexpr std::uint64_t exit_is_known = 8;

struct Waited {
  int pid;
  int pidfd;
};

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// False while its parent has not reaped it: an edge will tell.
bool tell(const Waited& waited, double start) {
  Info info{};
  info.mask = exit_is_known;
  if (ioctl(waited.pidfd, _IOWR(0xFF, 11, Info), &info) != 0) bench::fail("PIDFD_GET_INFO", std::strerror(errno));
  if ((info.mask & exit_is_known) == 0) return false;
  close(waited.pidfd);
  const bool killed = WIFSIGNALED(info.exit_code);
  std::printf("%d %s %d after %.1f s\n", waited.pid, killed ? "killed by" : "exited",
              killed ? WTERMSIG(info.exit_code) : WEXITSTATUS(info.exit_code), seconds() - start);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const double start = seconds();
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Waited> all;
  all.reserve(static_cast<std::size_t>(argc));
  for (int index = 1; index < argc; ++index) {
    const int pid = std::atoi(argv[index]);
    Waited& waited = all.emplace_back(pid, static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    epoll_event event{EPOLLIN | EPOLLET, {.ptr = &waited}};
    if (waited.pidfd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, waited.pidfd, &event) != 0)
      bench::fail(argv[index], std::strerror(errno));
  }
  std::array<epoll_event, 256> events;
  for (int left = argc - 1; left > 0;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int index = 0; index < count; ++index)
      left -= tell(*static_cast<const Waited*>(events[static_cast<std::size_t>(index)].data.ptr), start) ? 1 : 0;
    std::fflush(stdout);
  }
  return 0;
}
