/// From the mode bits of fstat(2), and the numbers that devices.txt of the kernel gives.
#include "cat/kind.hpp"

#include <sys/sysmacros.h>

namespace evtool::cat {
namespace {

bool is_memory(dev_t device) {
  constexpr unsigned memory_major = 1;
  const unsigned number = minor(device);
  return major(device) == memory_major && (number == 3 || number == 5 || number == 7);
}

}  // namespace

Kind kind_of(const struct stat& status) {
  switch (status.st_mode & S_IFMT) {
    case S_IFREG:
      return Kind::regular;
    case S_IFDIR:
      return Kind::directory;
    case S_IFIFO:
      return Kind::pipe;
    case S_IFSOCK:
      return Kind::socket;
    case S_IFBLK:
      return Kind::block;
    case S_IFCHR:
      return is_memory(status.st_rdev) ? Kind::memory : Kind::other;
    default:
      return Kind::other;
  }
}

}  // namespace evtool::cat
