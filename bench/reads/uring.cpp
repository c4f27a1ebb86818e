/// Reads of a cached file through a hand-written liburing loop.
/// Usage: uring [--width=N] [--count=N] [--order=random|sequential] [--file=PATH]
#include "common/raw_ring.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

namespace {

struct Read : bench::RawOperation {
  bench::RawRing* ring;
  bench::Reads* reads;
  std::array<std::byte, bench::block_bytes> target;
};

void begin(Read& read) {
  std::uint64_t offset = 0;
  if (!read.reads->begin(offset)) return;
  io_uring_sqe* sqe = read.ring->next();
  io_uring_prep_read(sqe, read.reads->fd(), read.target.data(), bench::block_bytes, offset);
  bench::RawRing::name(*sqe, read);
}

void on_read(bench::RawOperation& self, const io_uring_cqe& completion) {
  auto& read = static_cast<Read&>(self);
  read.reads->ended(bench::checked(completion, "read"));
  begin(read);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Reads reads{arguments};
  arguments.finish();

  bench::RawRing ring{static_cast<unsigned>(reads.width())};
  std::deque<Read> operations;
  for (std::uint64_t index = 0; index < reads.width(); ++index)
    operations.push_back(Read{{on_read}, &ring, &reads, {}});

  bench::Meter meter;
  for (auto& operation : operations)
    begin(operation);
  while (!reads.all_done())
    ring.turn();
  meter.stop();
  reads.report("liburing", meter, ring.turns());
}
