/// Sockets: opened, bound, listening, and their options.
#include "net/bind.hpp"
#include <evt/socket.hpp>

#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace evt {

namespace {

std::unexpected<Error> failure(const char* operation) noexcept {
  return std::unexpected(errno_error(operation, errno));
}

/// An option as the kernel knows it.
struct Option {
  int level;
  int name;
};

Result<void> set_option(int fd, Option option, int value) noexcept {
  if (setsockopt(fd, option.level, option.name, &value, sizeof value) < 0) return failure("setsockopt");
  return {};
}

Result<int> get_option(int fd, Option option) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  if (getsockopt(fd, option.level, option.name, &value, &size) < 0) return failure("getsockopt");
  return value;
}

/// What is set before a socket is bound. `reuse` of a unix socket has no meaning.
Result<void> prepare_to_bind(int fd, const DatagramOptions& options) noexcept {
  if (options.address.family() == AF_UNIX) return {};
  Result<void> done;
  if (options.reuse_address) done = set_option(fd, {SOL_SOCKET, SO_REUSEADDR}, 1);
  if (done && options.reuse_port) done = set_option(fd, {SOL_SOCKET, SO_REUSEPORT}, 1);
  if (done && options.address.family() == AF_INET6) done = set_option(fd, {IPPROTO_IPV6, IPV6_V6ONLY}, options.v6_only);
  return done;
}

/// A socket of `type`, bound.
Result<Fd> open_bound(int type, const DatagramOptions& options) noexcept {
  auto socket = open_socket({.family = options.address.family(), .type = type});
  if (!socket) return socket;
  auto done = prepare_to_bind(socket->get(), options);
  if (!done) return std::unexpected(done.error());
  const Address& address = options.address;
  if (!address.path().empty()) {
    done = detail::bind_path(socket->get(), address, options.mode);
    if (!done) return std::unexpected(done.error());
  } else if (bind(socket->get(), address.data(), address.size()) < 0) {
    return failure("bind");
  }
  return socket;
}

/// Seconds as an option takes them.
int whole(std::chrono::seconds seconds) noexcept {
  return static_cast<int>(std::clamp<std::chrono::seconds::rep>(seconds.count(), 1, std::numeric_limits<int>::max()));
}

}  // namespace

Result<Fd> open_socket(const SocketOptions& options) noexcept {
  Fd socket(::socket(options.family, options.type | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol));
  if (!socket) return failure("socket");
  return socket;
}

Result<Fd> listen(const ListenOptions& options) noexcept {
  auto socket = open_bound(options.type, {.address = options.address,
                                          .reuse_address = options.reuse_address,
                                          .reuse_port = options.reuse_port,
                                          .v6_only = options.v6_only,
                                          .mode = options.mode});
  if (!socket || ::listen(socket->get(), options.backlog) == 0) return socket;
  const Error error = errno_error("listen", errno);
  detail::unbind_path(options.address);
  return std::unexpected(error);
}

Result<Fd> bind_datagram(const DatagramOptions& options) noexcept {
  return open_bound(SOCK_DGRAM, options);
}

Result<void> set_nodelay(int fd) noexcept {
  return set_option(fd, {IPPROTO_TCP, TCP_NODELAY}, 1);
}

Result<void> set_keepalive(int fd, const Keepalive& keepalive) noexcept {
  auto done = set_option(fd, {IPPROTO_TCP, TCP_KEEPIDLE}, whole(keepalive.idle));
  if (done) done = set_option(fd, {IPPROTO_TCP, TCP_KEEPINTVL}, whole(keepalive.interval));
  if (done) done = set_option(fd, {IPPROTO_TCP, TCP_KEEPCNT}, keepalive.probes);
  if (done) done = set_option(fd, {SOL_SOCKET, SO_KEEPALIVE}, 1);
  return done;
}

Result<void> set_buffer_sizes(int fd, const BufferSizes& sizes) noexcept {
  Result<void> done;
  if (sizes.receive_bytes != 0) done = set_option(fd, {SOL_SOCKET, SO_RCVBUF}, sizes.receive_bytes);
  if (done && sizes.send_bytes != 0) done = set_option(fd, {SOL_SOCKET, SO_SNDBUF}, sizes.send_bytes);
  return done;
}

Result<BufferSizes> buffer_sizes(int fd) noexcept {
  auto receive = get_option(fd, {SOL_SOCKET, SO_RCVBUF});
  if (!receive) return std::unexpected(receive.error());
  auto send = get_option(fd, {SOL_SOCKET, SO_SNDBUF});
  if (!send) return std::unexpected(send.error());
  return BufferSizes{.receive_bytes = *receive, .send_bytes = *send};
}

}  // namespace evt
