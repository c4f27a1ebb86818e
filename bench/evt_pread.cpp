/// Random 4 KiB reads of a cached file through evt; beside raw_pread.
/// Usage: evt_pread [--width=N] [--count=N] [--file=PATH] [--backend=B]; `width` reads are in flight.
#include "cached_file.hpp"
#include "evt_loop.hpp"
#include "measure.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

#include <array>
#include <deque>

namespace {

struct Progress {
  const bench::CachedFile& file;
  std::uint64_t to_submit;
  bench::Random random{};
};

struct Read {
  Read(Progress& reads, evt::File& file) : progress{reads}, request{file} {}

  void submit() {
    --progress.to_submit;
    const std::uint64_t offset = progress.file.random_offset(progress.random);
    if (!request.pread(target, offset, evt::bind<&Read::on_read>(*this))) bench::fail("pread", "was refused");
  }

  void on_read(evt::Result<std::size_t> count) {
    if (!count) bench::fail("pread", count.error().message().c_str());
    if (*count != target.size()) bench::fail("pread", "short");
    if (progress.to_submit > 0) submit();
  }

  Progress& progress;
  evt::IoRequest request;
  std::array<std::byte, bench::block_bytes> target;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t width = arguments.number("--width", 1);
  const std::uint64_t count = arguments.number("--count", 1'000'000);
  const bench::CachedFile cached{arguments.text("--file", {})};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Progress progress{.file = cached, .to_submit = count};
  evt::File file{loop, evt::File::borrow(cached.fd())};
  std::deque<Read> reads;
  for (std::uint64_t index = 0; index < width; ++index)
    reads.emplace_back(progress, file);

  const std::uint64_t start_ns = bench::cpu_ns();
  for (auto& read : reads) {
    if (progress.to_submit > 0) read.submit();
  }
  bench::run_to_end(loop);
  const std::uint64_t cpu_ns = bench::cpu_ns() - start_ns;

  bench::check_count(loop, evt::Operation::pread, count);
  bench::print({.bench = "pread",
                .variant = evt::name_of(loop.backend()),
                .width = width,
                .operations = count,
                .cpu_ns = cpu_ns,
                .kernel_entries = loop.statistics().kernel_entries});
}
