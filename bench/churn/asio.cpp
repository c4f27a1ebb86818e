/// Timers put off again and again on asio, where that ends one wait and begins another.
/// Usage: asio [--width=LIVE] [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

#include <deque>

namespace {

void start(asio::steady_timer& timer, bench::Churn& churn, std::uint64_t delay_ns) {
  timer.expires_after(std::chrono::nanoseconds{delay_ns});
  timer.async_wait([&churn](asio::error_code error) {
    if (error == asio::error::operation_aborted) return;
    bench::checked_asio(error, "timer");
    churn.fired();
  });
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Churn churn{arguments};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  std::deque<asio::steady_timer> timers;
  for (std::uint64_t index = 0; index < churn.live(); ++index)
    start(timers.emplace_back(context), churn, churn.delay_ns());

  bench::Meter meter;
  churn.run([&timers, &churn](std::uint64_t index, std::uint64_t delay_ns) { start(timers[index], churn, delay_ns); },
            [&context] { context.poll(); });
  bench::Churn::sleep_past_all_deadlines();
  context.run();
  meter.stop();
  churn.report(bench::asio_variant, meter);
}
