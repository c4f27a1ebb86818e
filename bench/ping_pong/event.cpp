/// TCP ping-pong on libevent: its events, which cost less than its bufferevents.
/// Usage: event [--width=CONNECTIONS] [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"

namespace {

class Side {
 public:
  Side(int fd, bench::Role role, event_base*& base, bench::Progress& progress)
      : base_{base}, fd_{fd}, event_{event_new(base, fd, EV_READ | EV_PERSIST, on_ready, this)}, end_{progress, role} {
    bench::checked_event(event_add(event_, nullptr), "event_add");
  }

  void begin() {
    if (end_.begin()) send();
  }

 private:
  void send() {
    const ssize_t size = ::send(fd_, end_.message().data(), bench::message_bytes, MSG_NOSIGNAL);
    bench::End::check_sent(static_cast<std::size_t>(size));
  }

  static void on_ready(int fd, short /*events*/, void* context) {
    auto& side = *static_cast<Side*>(context);
    const auto room = side.end_.room();
    const ssize_t size = ::recv(fd, room.data(), room.size(), 0);
    if (size <= 0) bench::fail("recv", size == 0 ? "end of the stream" : std::strerror(errno));
    if (side.end_.took(static_cast<std::size_t>(size))) side.send();
    if (side.end_.all_done()) event_base_loopbreak(side.base_);
  }

  event_base* base_;
  int fd_;
  struct event* event_;
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  event_base* base = bench::make_event_base();
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, base, progress);

  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  event_base_dispatch(base);
  meter.stop();
  plan.report("libevent", meter, progress);
}
