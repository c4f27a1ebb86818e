/// One-shot timers on evt. Usage: evt [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/timer.hpp>

#include <deque>

namespace {

struct Timers {
  bench::Expiry expiry;

  void on_timer(evt::Timer& timer, evt::Result<std::uint64_t> expirations) {
    if (!expirations) bench::fail("timer", expirations.error().message().c_str());
    expiry.fired(static_cast<std::uint64_t>(timer.deadline().count()));
  }
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  evt::Loop loop = bench::make_loop(arguments);
  Timers all{.expiry = bench::Expiry{arguments}};
  arguments.finish();

  std::deque<evt::Timer> timers;
  for (std::uint64_t index = 0; index < all.expiry.count(); ++index)
    timers.emplace_back(loop);

  bench::Random random;
  bench::Meter meter;
  for (auto& timer : timers) {
    const evt::nanoseconds delay{random.below(bench::timer_spread_ns)};
    if (!timer.after(delay, evt::bind<&Timers::on_timer>(all))) bench::fail("timer", "was refused");
  }
  all.expiry.all_armed();
  bench::sleep_past_all_deadlines();
  bench::run_to_end(loop);
  meter.stop();
  all.expiry.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
