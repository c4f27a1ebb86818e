/// Nops through evt: what the library adds to the least that an operation costs; beside raw_nop.
/// Usage: evt_nop [--width=N] [--count=N] [--backend=B]; `width` nops are submitted a turn.
#include "common/evt_loop.hpp"
#include "common/measure.hpp"
#include <evt/io_request.hpp>

#include <deque>

namespace {

struct Progress {
  std::uint64_t to_submit;

  evt::Action on_nop(evt::Nop& /*nop*/, evt::Result<void> result) {
    if (!result) bench::fail("nop", result.error().message().c_str());
    if (to_submit == 0) return evt::Action::disarm;
    --to_submit;
    return evt::Action::rearm;
  }
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t width = arguments.number("--width", 1);
  const std::uint64_t count = arguments.number("--count", 2'000'000);
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Progress progress{.to_submit = count};
  std::deque<evt::Nop> nops;
  for (std::uint64_t index = 0; index < width; ++index)
    nops.emplace_back(loop);

  bench::Meter meter;
  for (auto& nop : nops) {
    if (progress.to_submit == 0) break;
    --progress.to_submit;
    if (!nop.submit(evt::bind<&Progress::on_nop>(progress))) bench::fail("nop", "was refused");
  }
  bench::run_to_end(loop);
  meter.stop();

  bench::check_count(loop, evt::Operation::nop, count);
  const std::uint64_t kernel_entries = loop.statistics().kernel_entries;
  if (loop.backend() == evt::Backend::io_uring && kernel_entries * width < count) {
    bench::fail("nop", "did not cross the kernel");
  }
  bench::print({.bench = "nop",
                .variant = evt::name_of(loop.backend()),
                .width = width,
                .operations = count,
                .meter = meter,
                .kernel_entries = kernel_entries});
}
