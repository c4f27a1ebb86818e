/// Connections on libev. Usage: ev [--width=LANES] [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

class Lane {
 public:
  Lane(bench::Connecting& plan, struct ev_loop*& loop, bench::Lanes<Lane>& lanes)
      : plan_{plan}, loop_{loop}, lanes_{lanes} {}

  void connect() {
    ev_io_init(&watcher_, on_connected, bench::begin_connect(plan_), EV_WRITE);
    watcher_.data = this;
    ev_io_start(loop_, &watcher_);
  }

 private:
  static void on_connected(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
    auto& lane = *static_cast<Lane*>(watcher->data);
    lane.plan_.connected(bench::error_of(watcher->fd));
    ev_io_stop(loop, watcher);
    close(watcher->fd);
    if (lane.plan_.all_done()) return ev_break(loop, EVBREAK_ALL);
    lane.lanes_.give_back(lane);
  }

  bench::Connecting& plan_;
  struct ev_loop* loop_;
  bench::Lanes<Lane>& lanes_;
  ev_io watcher_{};
};

struct Acceptor {
  bench::Connecting& plan;
  bench::Lanes<Lane>& lanes;
};

void on_acceptable(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
  const auto& acceptor = *static_cast<Acceptor*>(watcher->data);
  while (bench::accept_one(acceptor.plan)) {
  }
  if (acceptor.plan.all_done()) return ev_break(loop, EVBREAK_ALL);
  acceptor.lanes.start_idle();
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  arguments.finish();

  struct ev_loop* loop = bench::make_ev_loop();
  bench::Lanes<Lane> lanes{plan, loop};
  Acceptor acceptor{.plan = plan, .lanes = lanes};
  ev_io watcher{};
  ev_io_init(&watcher, on_acceptable, plan.listening(), EV_READ);
  watcher.data = &acceptor;
  ev_io_start(loop, &watcher);

  bench::Meter meter;
  lanes.start_idle();
  ev_run(loop, 0);
  meter.stop();
  plan.report("libev", meter);
}
