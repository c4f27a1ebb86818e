/// Timers put off again and again on evt. Usage: evt [--width=LIVE] [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/timer.hpp>

#include <deque>

namespace {

struct Expiry {
  bench::Churn& churn;

  void on_timer(evt::Result<std::uint64_t> expirations) {
    if (!expirations) bench::fail("timer", expirations.error().message().c_str());
    churn.fired();
  }
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Churn churn{arguments};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Expiry expiry{.churn = churn};
  std::deque<evt::Timer> timers;
  for (std::uint64_t index = 0; index < churn.live(); ++index) {
    timers.emplace_back(loop);
    timers.back().after(evt::nanoseconds{churn.delay_ns()}, evt::bind<&Expiry::on_timer>(expiry));
  }

  bench::Meter meter;
  churn.run(
      [&timers](std::uint64_t index, std::uint64_t delay_ns) {
        if (!timers[index].reset(evt::nanoseconds{delay_ns})) bench::fail("reset", "not pending");
      },
      [&loop] { bench::run_once(loop); });
  bench::Churn::sleep_past_all_deadlines();
  bench::run_to_end(loop);
  meter.stop();
  churn.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
