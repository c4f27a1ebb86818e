/// Timers put off again and again on libev: ev_timer_again, as its manual advises. Usage: ev [--width=LIVE] [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"

#include <deque>

namespace {

void on_timer(struct ev_loop* loop, ev_timer* watcher, int /*events*/) {
  static_cast<bench::Churn*>(watcher->data)->fired();
  ev_timer_stop(loop, watcher);
}

void start(struct ev_loop* loop, ev_timer& watcher, std::uint64_t delay_ns) {
  watcher.repeat = static_cast<double>(delay_ns) / 1e9;
  ev_timer_again(loop, &watcher);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Churn churn{arguments};
  arguments.finish();

  struct ev_loop* loop = bench::make_ev_loop();
  std::deque<ev_timer> watchers(churn.live());
  for (auto& watcher : watchers) {
    ev_init(&watcher, on_timer);
    watcher.data = &churn;
    start(loop, watcher, churn.delay_ns());
  }

  bench::Meter meter;
  churn.run([&watchers, loop](std::uint64_t index, std::uint64_t delay_ns) { start(loop, watchers[index], delay_ns); },
            [loop] { ev_run(loop, EVRUN_NOWAIT); });
  bench::Churn::sleep_past_all_deadlines();
  ev_run(loop, 0);
  meter.stop();
  churn.report("libev", meter);
}
