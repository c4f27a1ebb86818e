/// TCP ping-pong on libev, which tells readiness and leaves the calls to the program.
/// Usage: ev [--width=CONNECTIONS] [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"

namespace {

class Side {
 public:
  Side(int fd, bench::Role role, struct ev_loop*& loop, bench::Progress& progress) : fd_{fd}, end_{progress, role} {
    ev_io_init(&watcher_, on_ready, fd, EV_READ);
    watcher_.data = this;
    ev_io_start(loop, &watcher_);
  }

  void begin() {
    if (end_.begin()) send();
  }

 private:
  void send() {
    const ssize_t size = ::send(fd_, end_.message().data(), bench::message_bytes, MSG_NOSIGNAL);
    bench::End::check_sent(static_cast<std::size_t>(size));
  }

  static void on_ready(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
    auto& side = *static_cast<Side*>(watcher->data);
    const auto room = side.end_.room();
    const ssize_t size = ::recv(side.fd_, room.data(), room.size(), 0);
    if (size <= 0) bench::fail("recv", size == 0 ? "end of the stream" : std::strerror(errno));
    if (side.end_.took(static_cast<std::size_t>(size))) side.send();
    if (side.end_.all_done()) ev_break(loop, EVBREAK_ALL);
  }

  int fd_;
  ev_io watcher_{};
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  struct ev_loop* loop = bench::make_ev_loop();
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, loop, progress);

  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  ev_run(loop, 0);
  meter.stop();
  plan.report("libev", meter, progress);
}
