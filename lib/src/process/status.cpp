/// PIDFD_GET_INFO for what was reaped, waitid(2) for our own children.
#include "process/status.hpp"

#include "process/kernel.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace evt::detail {

namespace {

using Kind = ProcessStatus::Kind;

ProcessStatus from_wait_status(int status) noexcept {
  if (WIFSIGNALED(status)) {
    return {.kind = Kind::signaled, .code = WTERMSIG(status), .core_dumped = WCOREDUMP(status) != 0, .usage = {}};
  }
  return {.kind = Kind::exited, .code = WEXITSTATUS(status), .core_dumped = false, .usage = {}};
}

/// What the kernel tells of any process, our child or not, once it was reaped. running: it is our child, for us to
/// reap.
Known ask(int pidfd, ProcessStatus& status) noexcept {
  PidfdInfo about{};
  about.mask = pidfd_info_exit;
  if (ioctl(pidfd, pidfd_get_info, &about) != 0) {
    // The kernel looks for a status, then for the process. Reaped in between it is ESRCH, and the status is there now.
    if (errno != ESRCH) return Known::never;
    about.mask = pidfd_info_exit;
    if (ioctl(pidfd, pidfd_get_info, &about) != 0) return Known::never;
  }
  if ((about.mask & pidfd_info_exit) == 0) {
    return about.parent == static_cast<std::uint32_t>(getpid()) ? Known::running : Known::unreaped;
  }
  status = from_wait_status(about.exit_code);
  return Known::yes;
}

}  // namespace

Known read_status(int pidfd, ProcessStatus& status) noexcept {
  // First, because it is all that other people's children need: there may be thousands of them.
  const Known known = ask(pidfd, status);
  if (known == Known::yes || known == Known::unreaped) return known;
  siginfo_t info{};
  rusage usage{};
  // The system call, because the function of the C library leaves out the resource usage.
  if (syscall(SYS_waitid, wait_by_pidfd, pidfd, &info, WEXITED | WNOHANG | __WALL, &usage) == 0) {
    if (info.si_pid == 0) return Known::running;
    const Kind kind = info.si_code == CLD_EXITED ? Kind::exited : Kind::signaled;
    status = {.kind = kind, .code = info.si_status, .core_dumped = info.si_code == CLD_DUMPED, .usage = usage};
    return Known::yes;
  }
  return known == Known::running ? Known::unreaped : known;  // Not our child (ECHILD), or not one any more.
}

}  // namespace evt::detail
