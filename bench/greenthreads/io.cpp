/// Greenthreads of evt::Io: --work=spawn starts one, which has a value at once, and joins it; --work=yield lets others
/// go first, of whom there are none. Usage: io [--work=W] [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include <evt/io.hpp>

#include <string_view>

namespace {

evt::Io<std::uint64_t> spawn(std::uint64_t count) {
  std::uint64_t sum = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    evt::Greenthread<std::uint64_t> one(evt::lift(std::uint64_t{1}));
    sum += co_await one;
  }
  co_return sum;
}

evt::Io<std::uint64_t> give_way(std::uint64_t count) {
  for (std::uint64_t index = 0; index < count; ++index)
    co_await evt::yield();
  co_return count;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t count = arguments.number("--count", 1'000'000);
  const bool yields = arguments.text("--work", "spawn") == "yield";
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  bench::Meter meter;
  if (evt::run(loop, yields ? give_way(count) : spawn(count)) != count) bench::fail("greenthreads", "some are missing");
  meter.stop();
  bench::print({.bench = "greenthreads",
                .variant = evt::name_of(loop.backend()),
                .operations = count,
                .meter = meter,
                .kernel_entries = loop.statistics().kernel_entries});
}
