/// Idle connections on libev. Usage: ev [--width=CONNECTIONS]
#include "common/ev_loop.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

namespace {

void on_readable(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
  std::array<std::byte, 64> room;
  const ssize_t size = recv(watcher->fd, room.data(), room.size(), 0);
  if (static_cast<bench::Idle*>(watcher->data)->received(static_cast<std::size_t>(size))) ev_break(loop, EVBREAK_ALL);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  struct ev_loop* loop = bench::make_ev_loop();
  bench::Idle idle{arguments, bench::Mode::nonblocking};
  arguments.finish();

  std::deque<ev_io> watchers;
  for (const auto& connection : idle.sockets()) {
    ev_io& watcher = watchers.emplace_back();
    ev_io_init(&watcher, on_readable, connection.server, EV_READ);
    watcher.data = &idle;
    ev_io_start(loop, &watcher);
  }
  ev_run(loop, EVRUN_NOWAIT);
  idle.all_wait();
  ev_run(loop, 0);
  idle.report("libev");
}
