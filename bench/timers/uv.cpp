/// One-shot timers on libuv. Usage: uv [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

#include <vector>

namespace {

struct Timer {
  uv_timer_t handle;
  std::uint64_t deadline_ms;
};

void on_timer(uv_timer_t* handle) {
  static_cast<bench::Expiry*>(handle->loop->data)->fired(static_cast<Timer*>(handle->data)->deadline_ms);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  bench::Expiry expiry{arguments};
  arguments.finish();

  loop.data = &expiry;
  std::vector<Timer> timers(expiry.count());
  for (auto& timer : timers) {
    uv_timer_init(&loop, &timer.handle);
    timer.handle.data = &timer;
  }

  bench::Random random;
  bench::Meter meter;
  for (auto& timer : timers) {
    const std::uint64_t delay_ms = random.below(bench::timer_spread_ns) / 1'000'000U;
    timer.deadline_ms = uv_now(&loop) + delay_ms;
    uv_timer_start(&timer.handle, on_timer, delay_ms, 0);
  }
  expiry.all_armed();
  bench::sleep_past_all_deadlines();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  expiry.report("libuv", meter);
}
