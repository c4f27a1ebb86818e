/// One-shot timers on libevent, whose deadlines count from the clock at each start, in microseconds.
/// Usage: event [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"

#include <event2/event_struct.h>

#include <deque>

namespace {

struct Timer {
  struct event event;
  bench::Expiry* expiry;
};

void on_timer(int /*fd*/, short /*events*/, void* context) {
  static_cast<Timer*>(context)->expiry->fired(0);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  event_base* base = bench::make_event_base();
  bench::Expiry expiry{arguments};
  arguments.finish();

  std::deque<Timer> timers(expiry.count());

  bench::Random random;
  bench::Meter meter;
  for (auto& timer : timers) {
    const timeval delay{.tv_sec = 0, .tv_usec = static_cast<suseconds_t>(random.below(bench::timer_spread_ns) / 1000U)};
    timer.expiry = &expiry;
    evtimer_assign(&timer.event, base, on_timer, &timer);
    evtimer_add(&timer.event, &delay);
  }
  expiry.all_armed();
  bench::sleep_past_all_deadlines();
  event_base_dispatch(base);
  meter.stop();
  expiry.report("libevent", meter);
}
