/// Reads of a cached file through evt.
/// Usage: evt [--width=N] [--count=N] [--order=random|sequential] [--file=PATH] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

#include <array>
#include <deque>

namespace {

class Read {
 public:
  Read(bench::Reads& reads, evt::File& file) : reads_{reads}, request_{file} {}

  void begin() {
    std::uint64_t offset = 0;
    if (!reads_.begin(offset)) return;
    if (!request_.pread(target_, offset, evt::bind<&Read::on_read>(*this))) bench::fail("pread", "was refused");
  }

 private:
  void on_read(evt::Result<std::size_t> count) {
    if (!count) bench::fail("pread", count.error().message().c_str());
    reads_.ended(*count);
    begin();
  }

  bench::Reads& reads_;
  evt::IoRequest request_;
  std::array<std::byte, bench::block_bytes> target_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Reads reads{arguments};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  evt::File file{loop, evt::File::borrow(reads.fd())};
  std::deque<Read> operations;
  for (std::uint64_t index = 0; index < reads.width(); ++index)
    operations.emplace_back(reads, file);

  bench::Meter meter;
  for (auto& operation : operations)
    operation.begin();
  bench::run_to_end(loop);
  meter.stop();
  reads.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
