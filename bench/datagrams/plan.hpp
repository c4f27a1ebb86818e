/// Datagrams of 64 bytes from one UDP socket to another, the same for every library: both in one loop, both
/// connected, at most 32 on their way. An operation is one datagram, sent and received.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace bench {

inline constexpr std::size_t window = 32;
inline constexpr std::size_t datagram_bytes = 64;
using Datagram = std::array<std::byte, datagram_bytes>;

/// Who may send, and whether everything comes, in order.
class Datagrams {
 public:
  explicit Datagrams(Arguments& arguments) : count_{arguments.number("--count", 500'000)} {}

  /// How many may be sent now.
  [[nodiscard]] std::size_t credit() const noexcept {
    const std::uint64_t left = count_ - sent_;
    const std::uint64_t free = window - (sent_ - received_);
    return left < free ? left : free;
  }
  /// The next one to be sent; its memory is free again when it has been received.
  Datagram& next() noexcept {
    Datagram& datagram = datagrams_[sent_ % window];
    std::memcpy(datagram.data(), &sent_, sizeof sent_);
    ++sent_;
    return datagram;
  }

  /// True when that was the last.
  bool received(const std::byte* data, std::size_t size) {
    std::uint64_t number = 0;
    if (size != datagram_bytes) fail("recv", "a datagram is not as long as what was sent");
    std::memcpy(&number, data, sizeof number);
    if (number != received_) fail("recv", "a datagram is missing");
    ++received_;
    return all_received();
  }
  [[nodiscard]] bool all_received() const noexcept { return received_ == count_; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_received()) fail("datagrams", "not all were received");
    print({.bench = "datagrams",
           .variant = variant,
           .width = window,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls});
  }

 private:
  std::uint64_t count_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::array<Datagram, window> datagrams_{};
};

inline void check_sent(long size) {
  if (size != static_cast<long>(datagram_bytes)) fail("send", size < 0 ? std::strerror(errno) : "short");
}

/// Two UDP sockets, each connected to the other.
inline Connection datagram_sockets(Mode mode) {
  const Connection made{.client = bound_socket(SOCK_DGRAM, mode), .server = bound_socket(SOCK_DGRAM, mode)};
  const sockaddr_in server = address_of(made.server);
  const sockaddr_in client = address_of(made.client);
  checked(connect(made.client, generic(server), sizeof server), "connect");
  checked(connect(made.server, generic(client), sizeof client), "connect");
  return made;
}

}  // namespace bench
