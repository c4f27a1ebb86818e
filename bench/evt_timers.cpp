/// One-shot timers on evt: starts them all with random deadlines, then expires them all; beside uv_timers.
/// Usage: evt_timers [--count=N] [--backend=B]. All deadlines have passed before the loop runs, see README.md.
#include "evt_loop.hpp"
#include "measure.hpp"
#include "timer_plan.hpp"
#include <evt/timer.hpp>

#include <deque>

namespace {

struct Expiry {
  std::uint64_t fired = 0;
  evt::nanoseconds last_deadline{0};

  void on_timer(evt::Timer& timer, evt::Result<std::uint64_t> expirations) {
    if (!expirations) bench::fail("timer", expirations.error().message().c_str());
    if (timer.deadline() < last_deadline) bench::fail("timer", "fired out of order");
    last_deadline = timer.deadline();
    ++fired;
  }
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t count = arguments.number("--count", 1'000'000);
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Expiry expiry;
  std::deque<evt::Timer> timers;
  for (std::uint64_t index = 0; index < count; ++index)
    timers.emplace_back(loop);

  bench::Random random;
  const std::uint64_t start_ns = bench::cpu_ns();
  for (auto& timer : timers) {
    const evt::nanoseconds delay{random.below(bench::timer_spread_ns)};
    if (!timer.after(delay, evt::bind<&Expiry::on_timer>(expiry))) bench::fail("timer", "was refused");
  }
  bench::sleep_past_all_deadlines();
  bench::run_to_end(loop);
  const std::uint64_t cpu_ns = bench::cpu_ns() - start_ns;

  if (expiry.fired != count) bench::fail("timers", "not all fired");
  bench::print({.bench = "timers",
                .variant = evt::name_of(loop.backend()),
                .operations = count,
                .cpu_ns = cpu_ns,
                .kernel_entries = loop.statistics().kernel_entries});
}
