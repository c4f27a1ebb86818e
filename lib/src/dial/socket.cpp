/// A socket as Dial's options want it.
#include "dial/socket.hpp"

#include <netinet/tcp.h>

#include <cerrno>

namespace evt::detail {

namespace {

std::unexpected<Error> failure(const char* operation) noexcept {
  return std::unexpected(errno_error(operation, errno));
}

Result<void> bind_to(int fd, const Address& from) noexcept {
  const int on = 1;
  if (from.port() == 0) {
    // Ports are chosen with the connection in mind, or there are no more than 28 000 of them in all.
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  } else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
    return failure("setsockopt");
  }
  if (bind(fd, from.data(), from.size()) != 0) return failure("bind");
  return {};
}

Result<void> set_up_stream(int fd, const DialOptions& options) noexcept {
  Result<void> done;
  if (options.nodelay) done = set_nodelay(fd);
  if (done && options.keepalive) done = set_keepalive(fd, *options.keepalive);
  const int on = 1;
  if (done && options.fast_open && setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on) != 0) {
    return failure("setsockopt");
  }
  return done;
}

}  // namespace

Result<Fd> open_for(const Address& to, const DialOptions& options) noexcept {
  auto socket = open_socket({.family = to.family(), .type = options.type});
  if (!socket) return socket;
  Result<void> done;
  if (options.bind) done = bind_to(socket->get(), *options.bind);
  if (done && to.family() != AF_UNIX && options.type == SOCK_STREAM) done = set_up_stream(socket->get(), options);
  if (!done) return std::unexpected(done.error());
  return socket;
}

}  // namespace evt::detail
