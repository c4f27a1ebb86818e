/// What a program calls itself where the library only tells readiness: a call a datagram. Those who batch
/// with sendmmsg are held against the hand-written loop, not against a library.
#pragma once

#include "plan.hpp"

namespace bench {

inline void send_all(Datagrams& datagrams, int fd) {
  for (std::size_t left = datagrams.credit(); left > 0; --left) {
    const Datagram& datagram = datagrams.next();
    check_sent(::send(fd, datagram.data(), datagram.size(), 0));
  }
}

/// Reads what is there. True when that was all of it.
inline bool receive_all(Datagrams& datagrams, int fd) {
  std::array<std::byte, 2 * datagram_bytes> room;
  for (;;) {
    const ssize_t size = ::recv(fd, room.data(), room.size(), 0);
    if (size < 0 && errno == EAGAIN) return false;
    if (datagrams.received(room.data(), static_cast<std::size_t>(checked(static_cast<int>(size), "recv")))) return true;
  }
}

}  // namespace bench
