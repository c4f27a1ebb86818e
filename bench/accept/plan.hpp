/// Connections made and given up, the same for every library: clients connect to a server in the same loop, each
/// in its own lane, one after the other. The server closes what it accepts at once, a client when it is connected.
/// Either close is a reset: sockets in TIME_WAIT would pile up, and the kernel's work is the same whoever is first.
/// An operation is a connection: socket, connect, accept, two closes.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <deque>
#include <vector>

namespace bench {

inline void reset_on_close(int fd) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  checked(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
}

class Connecting {
 public:
  Connecting(Arguments& arguments, Mode mode)
      : width_{arguments.number("--width", 16)},
        count_{arguments.number("--count", 30'000)},
        listener_{listener(mode)},
        address_{address_of(listener_)} {
    reset_on_close(listener_);  // What is accepted inherits it.
  }

  [[nodiscard]] std::uint64_t lanes() const noexcept { return width_; }
  [[nodiscard]] const sockaddr_in& server() const noexcept { return address_; }
  [[nodiscard]] int listening() const noexcept { return listener_; }
  [[nodiscard]] const sockaddr* address() const noexcept { return generic(address_); }
  static constexpr socklen_t address_bytes = sizeof(sockaddr_in);

  /// Whether a connection may begin: no more than there are lanes wait to be accepted, however much a library
  /// prefers connecting to accepting.
  bool begin() noexcept {
    if (begun_ == count_ || begun_ - accepted_ == width_) return false;
    ++begun_;
    return true;
  }
  /// A server that was quicker has reset the connection already.
  void connected(int error) {
    if (error != 0 && error != ECONNRESET && error != EPIPE) fail("connect", std::strerror(error));
    ++connected_;
  }
  void accepted() noexcept { ++accepted_; }
  [[nodiscard]] bool all_accepted() const noexcept { return accepted_ == count_; }
  [[nodiscard]] bool all_done() const noexcept { return connected_ == count_ && accepted_ == count_; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_done()) fail("accept", "not all were connected and accepted");
    print({.bench = "accept",
           .variant = variant,
           .width = width_,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls});
  }

 private:
  std::uint64_t width_;
  std::uint64_t count_;
  std::uint64_t begun_ = 0;
  std::uint64_t connected_ = 0;
  std::uint64_t accepted_ = 0;
  int listener_;
  sockaddr_in address_;
};

/// The lanes, and those of them that are idle. A lane has connect().
template <class Lane>
class Lanes {
 public:
  template <class... More>
  explicit Lanes(Connecting& plan, More&... more) : plan_{plan} {
    for (std::uint64_t index = 0; index < plan.lanes(); ++index)
      idle_.push_back(&lanes_.emplace_back(plan, more..., *this));
  }

  /// After each connection, and each that was accepted.
  void start_idle() {
    while (!idle_.empty() && plan_.begin()) {
      Lane& lane = *idle_.back();
      idle_.pop_back();
      lane.connect();
    }
  }
  void give_back(Lane& lane) {
    idle_.push_back(&lane);
    start_idle();
  }

 private:
  Connecting& plan_;
  std::deque<Lane> lanes_;
  std::vector<Lane*> idle_;
};

/// A client's socket, which close() resets.
inline int client_socket(Mode mode) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | static_cast<int>(mode), 0), "socket");
  reset_on_close(fd);
  return fd;
}

/// What became of a connect: a socket that connects is writable for better or worse.
inline int error_of(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  checked(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), "SO_ERROR");
  return error;
}

}  // namespace bench
