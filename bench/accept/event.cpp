/// Connections on libevent. Usage: event [--width=LANES] [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

#include <event2/event_struct.h>

namespace {

class Lane {
 public:
  Lane(bench::Connecting& plan, event_base*& base, bench::Lanes<Lane>& lanes)
      : plan_{plan}, base_{base}, lanes_{lanes} {}

  void connect() {
    const int fd = bench::begin_connect(plan_);
    bench::checked_event(event_assign(&event_, base_, fd, EV_WRITE, on_connected, this), "event_assign");
    bench::checked_event(event_add(&event_, nullptr), "event_add");
  }

 private:
  /// Without EV_PERSIST the event is no longer pending here.
  static void on_connected(int fd, short /*events*/, void* context) {
    auto& lane = *static_cast<Lane*>(context);
    lane.plan_.connected(bench::error_of(fd));
    close(fd);
    if (lane.plan_.all_done()) event_base_loopbreak(lane.base_);
    lane.lanes_.give_back(lane);
  }

  bench::Connecting& plan_;
  event_base* base_;
  bench::Lanes<Lane>& lanes_;
  struct event event_{};
};

struct Acceptor {
  event_base* base;
  bench::Connecting& plan;
  bench::Lanes<Lane>& lanes;
};

void on_acceptable(int /*fd*/, short /*events*/, void* context) {
  const auto& acceptor = *static_cast<Acceptor*>(context);
  while (bench::accept_one(acceptor.plan)) {
  }
  if (acceptor.plan.all_done()) event_base_loopbreak(acceptor.base);
  acceptor.lanes.start_idle();
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  arguments.finish();

  event_base* base = bench::make_event_base();
  bench::Lanes<Lane> lanes{plan, base};
  Acceptor acceptor{.base = base, .plan = plan, .lanes = lanes};
  struct event* listening = event_new(base, plan.listening(), EV_READ | EV_PERSIST, on_acceptable, &acceptor);
  bench::checked_event(event_add(listening, nullptr), "event_add");

  bench::Meter meter;
  lanes.start_idle();
  event_base_dispatch(base);
  meter.stop();
  plan.report("libevent", meter);
}
