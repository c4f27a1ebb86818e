/// What a program calls itself where the library only tells readiness: once a readiness, as libev and libevent
/// tell it again as long as it lasts.
#pragma once

#include "plan.hpp"

namespace bench {

/// False when all is written.
inline bool write_once(Stream& stream, int fd) {
  const auto bytes = stream.to_write();
  if (bytes.empty()) return false;
  const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size < 0 && errno != EAGAIN) checked(-1, "send");
  if (size > 0) stream.wrote(static_cast<std::size_t>(size));
  return true;
}

/// True when all was read.
inline bool read_once(Stream& stream, int fd) {
  const auto room = stream.room();
  const ssize_t size = ::recv(fd, room.data(), room.size(), 0);
  return stream.read(static_cast<std::size_t>(checked(static_cast<int>(size), "recv")));
}

}  // namespace bench
