/// Idle connections on libevent: its events, which hold less than its bufferevents. Usage: event [--width=CONNECTIONS]
#include "common/event_loop.hpp"
#include "plan.hpp"

#include <event2/event_struct.h>

#include <array>
#include <deque>

namespace {

void on_readable(int fd, short /*events*/, void* context) {
  std::array<std::byte, 64> room;
  const ssize_t size = recv(fd, room.data(), room.size(), 0);
  static_cast<bench::Idle*>(context)->received(static_cast<std::size_t>(size));
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  event_base* base = bench::make_event_base();
  bench::Idle idle{arguments, bench::Mode::nonblocking};
  arguments.finish();

  std::deque<struct event> events;
  for (const auto& connection : idle.sockets()) {
    struct event& event = events.emplace_back();
    bench::checked_event(event_assign(&event, base, connection.server, EV_READ, on_readable, &idle), "event_assign");
    bench::checked_event(event_add(&event, nullptr), "event_add");
  }
  event_base_loop(base, EVLOOP_NONBLOCK);
  idle.all_wait();
  event_base_dispatch(base);  // Ends when no event is pending.
  idle.report("libevent");
}
