/// Timers put off again and again on libuv. Usage: uv [--width=LIVE] [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

#include <deque>

namespace {

void on_timer(uv_timer_t* timer) {
  static_cast<bench::Churn*>(timer->data)->fired();
}

void start(uv_timer_t& timer, std::uint64_t delay_ns) {
  bench::checked_uv(uv_timer_start(&timer, on_timer, delay_ns / 1'000'000U, 0), "uv_timer_start");
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Churn churn{arguments};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  std::deque<uv_timer_t> timers(churn.live());
  for (auto& timer : timers) {
    uv_timer_init(&loop, &timer);
    timer.data = &churn;
    start(timer, churn.delay_ns());
  }

  bench::Meter meter;
  churn.run([&timers](std::uint64_t index, std::uint64_t delay_ns) { start(timers[index], delay_ns); },
            [&loop] { uv_run(&loop, UV_RUN_NOWAIT); });
  bench::Churn::sleep_past_all_deadlines();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  churn.report("libuv", meter);
}
