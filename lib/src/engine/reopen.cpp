/// A private description through /proc/self/fd: see the header.
#include "engine/reopen.hpp"

#include "loop/core.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>

namespace evt::detail {

namespace {

/// Opening a pseudo terminal's master again makes another terminal.
bool is_master(int fd) noexcept {
  struct stat status{};
  return fstat(fd, &status) != 0 || status.st_rdev == makedev(5, 2);
}

}  // namespace

bool reopen_nonblocking(File& file) noexcept {
  if (Access::private_fd(file) >= 0) return true;
  if (Access::blocking_only(file)) return false;
  const int fd = Access::fd(file);
  const Access::Kind kind = Core::kind_of(file);
  if (kind != Access::Kind::pipe && (kind != Access::Kind::tty || is_master(fd))) return false;
  const int mode = fcntl(fd, F_GETFL);
  if (mode < 0) return false;
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  Access::private_fd(file) = ::open(path, (mode & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return Access::private_fd(file) >= 0;
}

}  // namespace evt::detail
