/// One-shot timers on asio. Usage: asio [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

#include <deque>

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  bench::Expiry expiry{arguments};
  arguments.finish();

  std::deque<asio::steady_timer> timers;
  for (std::uint64_t index = 0; index < expiry.count(); ++index)
    timers.emplace_back(context);

  bench::Random random;
  bench::Meter meter;
  for (auto& timer : timers) {
    timer.expires_after(std::chrono::nanoseconds{random.below(bench::timer_spread_ns)});
    timer.async_wait([&timer, &expiry](asio::error_code error) {
      bench::checked_asio(error, "timer");
      expiry.fired(static_cast<std::uint64_t>(timer.expiry().time_since_epoch().count()));
    });
  }
  expiry.all_armed();
  bench::sleep_past_all_deadlines();
  context.run();
  meter.stop();
  expiry.report(bench::asio_variant, meter);
}
