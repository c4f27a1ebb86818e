/// What a program calls itself where the library only tells readiness.
#pragma once

#include "plan.hpp"

namespace bench {

/// Accepts a connection and closes it; false when there was none.
inline bool accept_one(Connecting& plan) {
  const int fd = accept4(plan.listening(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0 && errno == EAGAIN) return false;
  checked(fd, "accept4");
  close(fd);
  plan.accepted();
  return true;
}

/// A client's socket that is connecting.
inline int begin_connect(const Connecting& plan) {
  const int fd = client_socket(Mode::nonblocking);
  if (connect(fd, plan.address(), Connecting::address_bytes) != 0 && errno != EINPROGRESS) checked(-1, "connect");
  return fd;
}

}  // namespace bench
