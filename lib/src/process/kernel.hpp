/// What the kernel has and the headers of Debian 12 do not, with the version that brought it.
#pragma once

#include <sys/ioctl.h>

#include <cstdint>

namespace evt::detail {

/// Linux 6.13: PIDFD_GET_INFO of <linux/pidfd.h>, in its first size.
struct PidfdInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t process;
  std::uint32_t thread_group;
  std::uint32_t parent;
  std::uint32_t users[4];
  std::uint32_t groups[4];
  std::int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);
inline constexpr unsigned long pidfd_get_info = _IOWR(0xFF, 11, PidfdInfo);

/// Linux 6.15: exit_code, as wait(2) gives it, once the process was reaped.
inline constexpr std::uint64_t pidfd_info_exit = 1U << 3;

/// Linux 5.4, glibc 2.36: waitid(2) by pidfd.
inline constexpr int wait_by_pidfd = 3;

}  // namespace evt::detail
