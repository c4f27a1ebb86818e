/// Reads of a cached file on asio, which has them on io_uring only.
/// Usage: asio [--width=N] [--count=N] [--order=random|sequential] [--file=PATH]
#include "common/asio_loop.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

namespace {

class Read {
 public:
  Read(bench::Reads& reads, asio::random_access_file& file) : reads_{reads}, file_{file} {}

  void begin() {
    std::uint64_t offset = 0;
    if (!reads_.begin(offset)) return;
    file_.async_read_some_at(offset, asio::buffer(target_), [this](asio::error_code error, std::size_t size) {
      bench::checked_asio(error, "read");
      reads_.ended(size);
      begin();
    });
  }

 private:
  bench::Reads& reads_;
  asio::random_access_file& file_;
  std::array<std::byte, bench::block_bytes> target_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Reads reads{arguments};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  asio::random_access_file file{context, dup(reads.fd())};
  std::deque<Read> operations;
  for (std::uint64_t index = 0; index < reads.width(); ++index)
    operations.emplace_back(reads, file);

  bench::Meter meter;
  for (auto& operation : operations)
    operation.begin();
  context.run();
  meter.stop();
  reads.report(bench::asio_variant, meter);
}
