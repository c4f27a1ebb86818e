/// What kind of thing a descriptor is: decides how it can be tried without blocking.
#include "loop/core.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace evt::detail {

using Kind = Access::Kind;

namespace {

Kind socket_kind(int fd) noexcept {
  int type = 0;
  socklen_t length = sizeof type;
  const bool stream = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
  return stream ? Kind::stream_socket : Kind::datagram_socket;
}

bool is_tcp(int fd) noexcept {
  int protocol = 0;
  socklen_t length = sizeof protocol;
  return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 && protocol == IPPROTO_TCP;
}

/// /dev/null, zero, full and urandom never block; other memory devices may.
Kind character_device_kind(int fd, dev_t device) noexcept {
  constexpr unsigned memory_major = 1;
  const unsigned number = minor(device);
  if (major(device) == memory_major && (number == 3 || number == 5 || number == 7 || number == 9)) {
    return Kind::memory_device;
  }
  return isatty(fd) == 1 ? Kind::tty : Kind::other;
}

}  // namespace

Kind Core::kind_of(File& file) noexcept {
  Kind& kind = Access::kind(file);
  if (kind != Kind::unknown) return kind;
  const int fd = Access::fd(file);
  struct stat status{};
  if (fstat(fd, &status) != 0) return Kind::other;  // The operation itself will say EBADF.
  switch (status.st_mode & S_IFMT) {
    case S_IFSOCK:
      kind = socket_kind(fd);
      break;
    case S_IFIFO:
      kind = Kind::pipe;
      break;
    case S_IFCHR:
      kind = character_device_kind(fd, status.st_rdev);
      break;
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK:
      kind = Kind::regular;
      break;
    default:
      kind = Kind::other;
      break;
  }
  const int flags = fcntl(fd, F_GETFL);
  Access::nonblocking(file) = flags >= 0 && (flags & O_NONBLOCK) != 0;
  // Not so: a unix socket stops short at passed descriptors, a pipe in packet mode at each packet.
  Access::dries(file) =
      kind == Kind::pipe ? flags >= 0 && (flags & O_DIRECT) == 0 : kind == Kind::stream_socket && is_tcp(fd);
  return kind;
}

}  // namespace evt::detail
