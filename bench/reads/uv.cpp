/// Reads of a cached file on libuv, which has threads for them.
/// Usage: uv [--width=N] [--count=N] [--order=random|sequential] [--file=PATH]
#include "common/uv_loop.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

namespace {

class Read {
 public:
  Read(bench::Reads& reads, uv_loop_t& loop) : reads_{reads}, loop_{loop} { request_.data = this; }

  void begin() {
    std::uint64_t offset = 0;
    if (!reads_.begin(offset)) return;
    const uv_buf_t buffer = bench::uv_buffer(target_);
    bench::checked_uv(
        uv_fs_read(&loop_, &request_, reads_.fd(), &buffer, 1, static_cast<std::int64_t>(offset), on_read),
        "uv_fs_read");
  }

 private:
  static void on_read(uv_fs_t* request) {
    auto& read = *static_cast<Read*>(request->data);
    read.reads_.ended(static_cast<std::size_t>(bench::checked_uv(static_cast<int>(request->result), "uv_fs_read")));
    uv_fs_req_cleanup(request);
    read.begin();
  }

  bench::Reads& reads_;
  uv_loop_t& loop_;
  uv_fs_t request_{};
  std::array<std::byte, bench::block_bytes> target_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Reads reads{arguments};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  std::deque<Read> operations;
  for (std::uint64_t index = 0; index < reads.width(); ++index)
    operations.emplace_back(reads, loop);

  bench::Meter meter;
  for (auto& operation : operations)
    operation.begin();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  reads.report("libuv", meter);
}
