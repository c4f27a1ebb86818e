/// Sockets on the loopback interface, made before the clock starts and the same for every library.
#pragma once

#include "common/measure.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace bench {

/// What a call returned that may fail as system calls do.
inline int checked(int result, const char* operation) {
  if (result < 0) fail(operation, std::strerror(errno));
  return result;
}

/// nonblocking for those who try first (epoll), blocking for those who hand the call to the kernel.
enum class Mode : int { blocking = 0, nonblocking = SOCK_NONBLOCK };

inline const sockaddr* generic(const sockaddr_in& address) noexcept {
  return reinterpret_cast<const sockaddr*>(&address);
}

inline sockaddr_in address_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return address;
}

/// A socket bound to 127.0.0.1 and a port that the kernel chose.
inline int bound_socket(int type, Mode mode) {
  const int fd = checked(socket(AF_INET, type | SOCK_CLOEXEC | static_cast<int>(mode), 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(fd, generic(address), sizeof address), "bind");
  return fd;
}

inline int listener(Mode mode) {
  const int fd = bound_socket(SOCK_STREAM, mode);
  checked(listen(fd, SOMAXCONN), "listen");
  return fd;
}

/// No Nagle, and the congestion control that every kernel has: bbr, where it is the default, sets timers.
inline void tune(int fd) {
  const int on = 1;
  checked(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
  checked(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), "TCP_CONGESTION");
}

/// Both ends of an established connection.
struct Connection {
  int client;
  int server;
};

/// As many descriptors as the hard limit allows: a thousand connections have two thousand.
inline void allow_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

inline std::vector<Connection> connections(std::size_t count, Mode mode) {
  allow_descriptors();
  const int listening = listener(Mode::blocking);
  const sockaddr_in address = address_of(listening);
  std::vector<Connection> made;
  for (std::size_t index = 0; index < count; ++index) {
    const int client = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | static_cast<int>(mode), 0), "socket");
    if (connect(client, generic(address), sizeof address) != 0 && errno != EINPROGRESS) checked(-1, "connect");
    const int server = checked(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | static_cast<int>(mode)), "accept4");
    tune(client);
    tune(server);
    made.push_back({.client = client, .server = server});
  }
  close(listening);
  return made;
}

}  // namespace bench
