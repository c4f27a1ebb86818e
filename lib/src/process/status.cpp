/// waitid(2) for our own children, PIDFD_GET_INFO for everybody else's.
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

}  // namespace

Known read_status(int pidfd, ProcessStatus& status) noexcept {
  siginfo_t info{};
  rusage usage{};
  // The system call, because the function of the C library leaves out the resource usage.
  if (syscall(SYS_waitid, wait_by_pidfd, pidfd, &info, WEXITED | WNOHANG | __WALL, &usage) == 0) {
    if (info.si_pid == 0) return Known::running;
    const Kind kind = info.si_code == CLD_EXITED ? Kind::exited : Kind::signaled;
    status = {.kind = kind, .code = info.si_status, .core_dumped = info.si_code == CLD_DUMPED, .usage = usage};
    return Known::yes;
  }
  // Not our child (ECHILD), or not one any more.
  PidfdInfo about{};
  about.mask = pidfd_info_exit;
  if (ioctl(pidfd, pidfd_get_info, &about) != 0) return Known::never;
  if ((about.mask & pidfd_info_exit) == 0) return Known::unreaped;
  status = from_wait_status(about.exit_code);
  return Known::yes;
}

}  // namespace evt::detail
