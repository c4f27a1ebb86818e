/// Outbox: sorted by size, and one header for each run.
#include "dnsq/outbox.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace evtool::dnsq {

void Outbox::add(std::span<const std::byte> datagram) {
  std::ranges::copy(datagram, bytes_[count_].begin());
  sizes_[count_++] = static_cast<std::uint16_t>(datagram.size());
}

std::span<mmsghdr> Outbox::pack(Packing packing) {
  std::array<std::uint8_t, capacity> order;
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  const auto used = std::span(order).first(count_);
  if (packing == Packing::together) std::ranges::sort(used, {}, [this](std::uint8_t i) { return sizes_[i]; });
  std::size_t messages = 0;
  for (std::size_t first = 0, next = 0; first < count_; first = next) {
    const std::uint16_t size = sizes_[order[first]];
    do {
      vectors_[next] = {.iov_base = bytes_[order[next]].data(), .iov_len = sizes_[order[next]]};
      ++next;
    } while (packing == Packing::together && next < count_ && sizes_[order[next]] == size);
    headers_[messages] = {};
    headers_[messages].msg_hdr.msg_iov = &vectors_[first];
    headers_[messages].msg_hdr.msg_iovlen = next - first;
    if (next - first > 1) set_segment_size(messages, size);
    ++messages;
  }
  return std::span(headers_).first(messages);
}

void Outbox::set_segment_size(std::size_t message, std::uint16_t size) {
  msghdr& header = headers_[message].msg_hdr;
  header.msg_control = controls_[message].bytes.data();
  header.msg_controllen = controls_[message].bytes.size();
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(size));
  std::memcpy(CMSG_DATA(control), &size, sizeof(size));
}

}  // namespace evtool::dnsq
