/// One-shot timers on libuv: starts them all with random deadlines, then expires them all.
/// Usage: uv_timers [--count=N]. All deadlines have passed before the loop runs, see bench/README.md.
#include "measure.hpp"
#include "timer_plan.hpp"

#include <uv.h>

#include <vector>

namespace {

struct Expiry {
  std::uint64_t fired = 0;
  std::uint64_t last_deadline_ms = 0;
};

struct Timer {
  uv_timer_t handle;
  std::uint64_t deadline_ms;
};

void on_timer(uv_timer_t* handle) {
  auto& expiry = *static_cast<Expiry*>(handle->loop->data);
  const auto& timer = *static_cast<Timer*>(handle->data);
  if (timer.deadline_ms < expiry.last_deadline_ms) bench::fail("timer", "fired out of order");
  expiry.last_deadline_ms = timer.deadline_ms;
  ++expiry.fired;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t count = arguments.number("--count", 1'000'000);
  arguments.finish();

  uv_loop_t loop{};
  if (uv_loop_init(&loop) != 0) bench::fail("uv_loop_init", "failed");
  Expiry expiry;
  loop.data = &expiry;
  std::vector<Timer> timers(count);
  for (auto& timer : timers) {
    uv_timer_init(&loop, &timer.handle);
    timer.handle.data = &timer;
  }

  bench::Random random;
  const std::uint64_t start_ns = bench::cpu_ns();
  for (auto& timer : timers) {
    const std::uint64_t delay_ms = random.below(bench::timer_spread_ns) / 1'000'000U;
    timer.deadline_ms = uv_now(&loop) + delay_ms;
    uv_timer_start(&timer.handle, on_timer, delay_ms, 0);
  }
  bench::sleep_past_all_deadlines();
  uv_run(&loop, UV_RUN_DEFAULT);
  const std::uint64_t cpu_ns = bench::cpu_ns() - start_ns;

  if (expiry.fired != count) bench::fail("timers", "not all fired");
  bench::print({.bench = "timers", .variant = "libuv", .operations = count, .cpu_ns = cpu_ns});
}
