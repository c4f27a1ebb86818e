/// Outbox: datagrams to one peer, handed to the kernel so that those of one size go down its stack as one.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evtool::dnsq {

class Outbox {
 public:
  static constexpr std::size_t capacity = 64;
  static constexpr std::size_t largest_datagram = 640;

  bool is_full() const { return count_ == capacity; }
  bool is_empty() const { return count_ == 0; }
  /// Copies `datagram`, not an empty one.
  void add(std::span<const std::byte> datagram);
  void clear() { count_ = 0; }

  /// alone: each is a message. together: those of one size are one, with UDP_SEGMENT (udp(7), Linux 4.18), which the
  /// kernel parts again at the last moment.
  enum class Packing : std::uint8_t { alone, together };
  /// For sendmmsg(2); borrowed until the next call of anything but this.
  std::span<mmsghdr> pack(Packing packing);

 private:
  /// What says how large the segments of a message are.
  struct alignas(cmsghdr) Control {
    std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
  };

  void set_segment_size(std::size_t message, std::uint16_t size);

  std::size_t count_ = 0;
  std::array<std::uint16_t, capacity> sizes_;
  std::array<mmsghdr, capacity> headers_;
  std::array<iovec, capacity> vectors_;
  std::array<Control, capacity> controls_;
  std::array<std::array<std::byte, largest_datagram>, capacity> bytes_;
};

}  // namespace evtool::dnsq
