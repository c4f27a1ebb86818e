/// Timers put off again and again on libevent. Usage: event [--width=LIVE] [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"

#include <event2/event_struct.h>

#include <deque>

namespace {

void on_timer(int /*fd*/, short /*events*/, void* context) {
  static_cast<bench::Churn*>(context)->fired();
}

void start(struct event& event, std::uint64_t delay_ns) {
  const std::uint64_t delay_us = delay_ns / 1000U;
  const timeval delay{.tv_sec = static_cast<time_t>(delay_us / 1'000'000U),
                      .tv_usec = static_cast<suseconds_t>(delay_us % 1'000'000U)};
  bench::checked_event(evtimer_add(&event, &delay), "evtimer_add");
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Churn churn{arguments};
  arguments.finish();

  event_base* base = bench::make_event_base();
  std::deque<struct event> events(churn.live());
  for (auto& event : events) {
    evtimer_assign(&event, base, on_timer, &churn);
    start(event, churn.delay_ns());
  }

  bench::Meter meter;
  churn.run([&events](std::uint64_t index, std::uint64_t delay_ns) { start(events[index], delay_ns); },
            [base] { event_base_loop(base, EVLOOP_NONBLOCK); });
  bench::Churn::sleep_past_all_deadlines();
  event_base_dispatch(base);
  meter.stop();
  churn.report("libevent", meter);
}
