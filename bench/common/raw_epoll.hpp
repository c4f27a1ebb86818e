/// The loop a careful person writes by hand on epoll: descriptors are registered once, for edges, and each
/// has a small struct whose handler is called with the events.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <sys/epoll.h>

#include <array>

namespace bench {

/// The head of whatever is registered.
struct Watched {
  void (*ready)(Watched& self, std::uint32_t events);
};

enum class Wait { no, yes };

class RawEpoll {
 public:
  RawEpoll() : fd_{checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")} {}
  RawEpoll(const RawEpoll&) = delete;
  RawEpoll& operator=(const RawEpoll&) = delete;
  ~RawEpoll() { close(fd_); }

  void add(int fd, std::uint32_t events, Watched& watched) {
    epoll_event event{.events = events | static_cast<std::uint32_t>(EPOLLET), .data = {.ptr = &watched}};
    checked(epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    ++calls_;
  }

  /// Waits for events and calls the handler of each.
  void turn(Wait wait = Wait::yes) {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(fd_, events.data(), static_cast<int>(events.size()), wait == Wait::yes ? -1 : 0);
    ++calls_;
    if (count < 0 && errno != EINTR) checked(-1, "epoll_wait");
    for (int index = 0; index < count; ++index) {
      auto& event = events[static_cast<std::size_t>(index)];
      auto* watched = static_cast<Watched*>(event.data.ptr);
      watched->ready(*watched, event.events);
    }
  }

  /// The loop's own system calls; the handlers add theirs.
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
  void count_call() noexcept { ++calls_; }

 private:
  int fd_;
  std::uint64_t calls_ = 0;
};

}  // namespace bench
