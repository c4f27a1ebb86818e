/// One-shot timers on libev. Usage: ev [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"

#include <deque>

namespace {

struct Timer {
  ev_timer watcher;
  std::uint64_t deadline_ns;
  bench::Expiry* expiry;
};

void on_timer(struct ev_loop* /*loop*/, ev_timer* watcher, int /*events*/) {
  const auto& timer = *static_cast<Timer*>(watcher->data);
  timer.expiry->fired(timer.deadline_ns);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  struct ev_loop* loop = bench::make_ev_loop();
  bench::Expiry expiry{arguments};
  arguments.finish();

  std::deque<Timer> timers(expiry.count());

  bench::Random random;
  bench::Meter meter;
  for (auto& timer : timers) {
    timer.deadline_ns = random.below(bench::timer_spread_ns);  // All count from the loop's one now.
    timer.expiry = &expiry;
    ev_timer_init(&timer.watcher, on_timer, static_cast<double>(timer.deadline_ns) / 1e9, 0.);
    timer.watcher.data = &timer;
    ev_timer_start(loop, &timer.watcher);
  }
  expiry.all_armed();
  bench::sleep_past_all_deadlines();
  ev_run(loop, 0);
  meter.stop();
  expiry.report("libev", meter);
}
