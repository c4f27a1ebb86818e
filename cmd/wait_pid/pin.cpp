/// pidfd_open(2), and what its errors mean.
#include "wait_pid/pin.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

namespace evtool::wait_pid {
namespace {

/// Of <linux/magic.h>, Linux 6.9.
constexpr auto pidfs_magic = 0x50494446;

using Why = Unpinned::Why;

Unpinned meaning_of(const evt::Error& error) {
  switch (error.system_errno()) {
    case ESRCH:
      return {.why = Why::gone};
    case EMFILE:
    case ENFILE:
      return {.why = Why::full};
    case EINVAL:  // Before Linux 6.15 or so; then ENOENT.
    case ENOENT:
      return {.why = Why::refused, .message = "is the id of a thread, not of a process"};
    default:
      return {.why = Why::refused, .message = error.message()};
  }
}

}  // namespace

std::uint64_t inode_of(const evt::Process& process) {
  struct statfs system{};
  struct stat status{};
  if (::fstatfs(process.fd(), &system) != 0 || system.f_type != pidfs_magic) return 0;
  return ::fstat(process.fd(), &status) == 0 ? status.st_ino : 0;
}

bool has_ended(const evt::Process& process) {
  pollfd event{.fd = process.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&event, 1, 0) > 0;
}

std::expected<evt::Process, Unpinned> pin(const Target& target) {
  auto process = evt::Process::open(target.pid);
  if (!process) return std::unexpected(meaning_of(process.error()));
  if (target.inode == 0) return std::move(*process);
  const auto inode = inode_of(*process);
  if (inode == 0)
    return std::unexpected(Unpinned{.why = Why::refused, .message = "has an inode, which needs Linux 6.9"});
  if (inode != target.inode) return std::unexpected(Unpinned{.why = Why::gone});
  return std::move(*process);
}

}  // namespace evtool::wait_pid
