/// Nops through a hand-written liburing loop: the least that an operation through io_uring costs.
/// Usage: raw_nop [--width=N] [--count=N]; `width` nops are submitted a turn.
#include "common/measure.hpp"
#include "common/raw_ring.hpp"

#include <vector>

namespace {

struct Progress {
  bench::RawRing& ring;
  std::uint64_t to_submit;
  std::uint64_t completed = 0;
};

struct Nop : bench::RawOperation {
  Progress* progress;
};

void submit(Nop& nop) {
  io_uring_sqe* sqe = nop.progress->ring.next();
  io_uring_prep_nop(sqe);
  bench::RawRing::name(*sqe, nop);
  --nop.progress->to_submit;
}

void on_complete(bench::RawOperation& self, const io_uring_cqe& completion) {
  auto& nop = static_cast<Nop&>(self);
  bench::checked(completion, "nop");
  ++nop.progress->completed;
  if (nop.progress->to_submit > 0) submit(nop);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t width = arguments.number("--width", 1);
  const std::uint64_t count = arguments.number("--count", 2'000'000);
  arguments.finish();

  bench::RawRing ring{static_cast<unsigned>(width)};
  Progress progress{.ring = ring, .to_submit = count};
  std::vector<Nop> nops(width, Nop{{on_complete}, &progress});

  bench::Meter meter;
  for (auto& nop : nops) {
    if (progress.to_submit > 0) submit(nop);
  }
  while (progress.completed < count)
    ring.turn();
  meter.stop();
  bench::print({.bench = "nop",
                .variant = "liburing",
                .width = width,
                .operations = count,
                .meter = meter,
                .kernel_entries = ring.turns()});
}
