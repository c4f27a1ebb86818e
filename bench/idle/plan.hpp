/// What an idle connection holds of the heap: a thousand are adopted by the loop, which waits for the first byte of
/// each; then a byte is sent on each, and must come. The other ends are plain sockets. The sockets themselves are
/// the kernel's and the same for all.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <vector>

namespace bench {

class Idle {
 public:
  Idle(Arguments& arguments, Mode mode)
      : connections_{connections(arguments.number("--width", 1000), mode)}, heap_bytes_{bench::heap_bytes()} {}

  [[nodiscard]] const std::vector<Connection>& sockets() const noexcept { return connections_; }

  /// The loop waits for all of them.
  void all_wait() {
    heap_bytes_ = bench::heap_bytes() - heap_bytes_;
    for (const Connection& connection : connections_)
      checked(static_cast<int>(send(connection.client, "x", 1, MSG_NOSIGNAL)), "send");
  }

  /// True when that was the last.
  bool received(std::size_t size) {
    if (size != 1) fail("recv", "not the byte that was sent");
    ++received_;
    return all_received();
  }
  [[nodiscard]] bool all_received() const noexcept { return received_ == connections_.size(); }

  void report(const char* variant) const {
    if (!all_received()) fail("idle", "not all bytes have come");
    const auto count = connections_.size();
    print({.bench = "idle",
           .variant = variant,
           .width = count,
           .operations = count,
           .bytes_each = static_cast<double>(heap_bytes_) / static_cast<double>(count)});
  }

 private:
  std::vector<Connection> connections_;
  std::uint64_t heap_bytes_;
  std::uint64_t received_ = 0;
};

}  // namespace bench
