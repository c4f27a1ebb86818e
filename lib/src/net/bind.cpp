/// Binding to a path: a socket that a dead process left there is replaced, anything else is left alone.
#include "net/bind.hpp"

#include <evt/fd.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace evt::detail {

namespace {

/// A path with a NUL behind it, which the longest one does not have in a sockaddr.
struct Path {
  explicit Path(const Address& address) noexcept { address.path().copy(text, sizeof text - 1); }
  char text[sizeof(sockaddr_un::sun_path) + 1] = {};
};

/// Whether `path` is a socket that no process has. A datagram socket asks: a living listener answers it with
/// EPROTOTYPE, also before it listens, and gets to accept nothing.
bool abandoned(const Address& address, const Path& path) noexcept {
  struct stat status;
  if (lstat(path.text, &status) < 0 || !S_ISSOCK(status.st_mode)) return false;
  Fd probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe && connect(probe.get(), address.data(), address.size()) < 0 && errno == ECONNREFUSED;
}

/// A lock on the folder of `path`, held until the descriptor is closed. Without it, of two processes that find an
/// abandoned socket the slower one would remove what the faster one has just made. None: it could not be had within a
/// second.
Fd lock_folder(Path path) noexcept {
  char* name = strrchr(path.text, '/');
  if (name != nullptr) name[1] = '\0';
  Fd folder(open(name == nullptr ? "." : path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (folder && flock(folder.get(), LOCK_EX | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() > deadline) return Fd();
    poll(nullptr, 0, 1);
  }
  return folder;
}

}  // namespace

Result<void> bind_path(int socket, const Address& address, mode_t mode) noexcept {
  // What the kernel makes has the mode of the socket itself, so that it is never open to more than it shall be.
  if (fchmod(socket, mode) < 0) return std::unexpected(errno_error("fchmod", errno));
  if (bind(socket, address.data(), address.size()) == 0) return {};
  const Error error = errno_error("bind", errno);
  if (error.system_errno() != EADDRINUSE) return std::unexpected(error);

  const Path path(address);
  Fd lock = lock_folder(path);
  if (!lock || !abandoned(address, path)) return std::unexpected(error);
  if (unlink(path.text) < 0) return std::unexpected(errno_error("unlink", errno));
  if (bind(socket, address.data(), address.size()) < 0) return std::unexpected(errno_error("bind", errno));
  return {};
}

void unbind_path(const Address& address) noexcept {
  if (!address.path().empty()) unlink(Path(address).text);
}

}  // namespace evt::detail
