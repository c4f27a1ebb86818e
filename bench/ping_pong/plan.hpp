/// TCP ping-pong, the same for every library: clients and servers in one loop, 64 bytes there and back. An
/// operation is one round trip. What is sent carries a number that the client checks when it comes back.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <deque>
#include <span>

namespace bench {

inline constexpr std::size_t message_bytes = 64;

/// From here on the kernel brings completions with any call, which measured better.
inline constexpr std::uint64_t many_connections = 256;

struct Progress {
  std::uint64_t to_start;
  std::uint64_t completed = 0;
  std::uint64_t wanted = to_start;
};

enum class Role { client, server };

/// One end of a connection: its message, and what is done when it has come in full.
class End {
 public:
  End(Progress& progress, Role role) noexcept : progress_{progress}, role_{role} {}

  /// The message to be sent, or that was sent and not yet answered.
  [[nodiscard]] std::span<const std::byte, message_bytes> message() const noexcept { return message_; }
  /// Where the rest of the next message belongs.
  [[nodiscard]] std::span<std::byte> room() noexcept { return std::span{message_}.subspan(filled_); }

  /// A client begins; false where enough were begun.
  bool begin() noexcept {
    if (progress_.to_start == 0) return false;
    --progress_.to_start;
    std::memcpy(message_.data(), &number_, sizeof number_);
    return true;
  }

  /// `size` bytes have come into room(); true when message() is to be sent.
  bool took(std::size_t size) {
    filled_ += size;
    if (filled_ < message_bytes) return false;
    filled_ = 0;
    if (role_ == Role::server) return true;
    std::uint64_t answered = 0;
    std::memcpy(&answered, message_.data(), sizeof answered);
    if (answered != number_) fail("ping-pong", "an answer is not what was sent");
    ++number_;
    ++progress_.completed;
    return begin();
  }

  /// The same for bytes that have come elsewhere.
  bool take(std::span<const std::byte> bytes) {
    if (bytes.size() > room().size()) fail("ping-pong", "more has come than was sent");
    std::memcpy(room().data(), bytes.data(), bytes.size());
    return took(bytes.size());
  }

  [[nodiscard]] bool all_done() const noexcept { return progress_.completed == progress_.wanted; }

  /// Nothing was sent in part.
  static void check_sent(std::size_t size) {
    if (size != message_bytes) fail("send", "short");
  }

 private:
  Progress& progress_;
  std::array<std::byte, message_bytes> message_{};
  std::size_t filled_ = 0;
  std::uint64_t number_ = 0;
  Role role_;
};

/// What the command line says: `--width` connections, `--count` round trips in all.
struct Plan {
  std::uint64_t width;
  std::uint64_t count;

  explicit Plan(Arguments& arguments)
      : width{arguments.number("--width", 64)}, count{arguments.number("--count", 200'000)} {}

  /// Two of `Side` for each connection, made with (fd, role, more…), on sockets of this mode.
  template <class Side, class... More>
  [[nodiscard]] std::deque<Side> sides(Mode mode, More&... more) const {
    std::deque<Side> made;
    for (const Connection& connection : connections(width, mode)) {
      made.emplace_back(connection.client, Role::client, more...);
      made.emplace_back(connection.server, Role::server, more...);
    }
    return made;
  }

  void report(const char* variant, const Meter& meter, const Progress& progress, std::uint64_t calls = 0) const {
    if (progress.completed != count) fail("ping-pong", "not all round trips were made");
    print({.bench = "ping_pong",
           .variant = variant,
           .width = width,
           .operations = count,
           .meter = meter,
           .kernel_entries = calls});
  }
};

}  // namespace bench
