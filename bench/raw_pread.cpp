/// Random 4 KiB reads of a cached file through a hand-written liburing loop.
/// Usage: raw_pread [--width=N] [--count=N] [--file=PATH]; `width` reads are in flight.
#include "cached_file.hpp"
#include "measure.hpp"
#include "raw_ring.hpp"

#include <array>
#include <vector>

namespace {

struct Progress {
  bench::RawRing& ring;
  const bench::CachedFile& file;
  std::uint64_t to_submit;
  std::uint64_t completed = 0;
  bench::Random random{};
};

struct Read : bench::RawOperation {
  Progress* progress;
  std::array<std::byte, bench::block_bytes>* target;
};

void submit(Read& read) {
  Progress& progress = *read.progress;
  io_uring_sqe* sqe = progress.ring.next();
  io_uring_prep_read(sqe, progress.file.fd(), read.target->data(), bench::block_bytes,
                     progress.file.random_offset(progress.random));
  bench::RawRing::name(*sqe, read);
  --progress.to_submit;
}

void on_complete(bench::RawOperation& self, int result) {
  auto& read = static_cast<Read&>(self);
  if (result < 0) bench::fail("read", std::strerror(-result));
  if (result != static_cast<int>(bench::block_bytes)) bench::fail("read", "short");
  ++read.progress->completed;
  if (read.progress->to_submit > 0) submit(read);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t width = arguments.number("--width", 1);
  const std::uint64_t count = arguments.number("--count", 1'000'000);
  const bench::CachedFile file{arguments.text("--file", {})};
  arguments.finish();

  bench::RawRing ring{static_cast<unsigned>(width)};
  Progress progress{.ring = ring, .file = file, .to_submit = count};
  std::vector<std::array<std::byte, bench::block_bytes>> targets(width);
  std::vector<Read> reads;
  for (auto& target : targets)
    reads.push_back({{on_complete}, &progress, &target});

  const std::uint64_t start_ns = bench::cpu_ns();
  for (auto& read : reads) {
    if (progress.to_submit > 0) submit(read);
  }
  while (progress.completed < count)
    ring.turn();
  const std::uint64_t cpu_ns = bench::cpu_ns() - start_ns;
  bench::print({.bench = "pread",
                .variant = "liburing",
                .width = width,
                .operations = count,
                .cpu_ns = cpu_ns,
                .kernel_entries = ring.turns()});
}
