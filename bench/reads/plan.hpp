/// 4 KiB reads of a file in the page cache, the same for every library. `--width` are in flight, at random places
/// or one after the other; each must be whole. An operation is a read.
#pragma once

#include "common/cached_file.hpp"
#include "common/measure.hpp"

#include <cstddef>

namespace bench {

class Reads {
 public:
  explicit Reads(Arguments& arguments)
      : width_{arguments.number("--width", 1)},
        count_{arguments.number("--count", 1'000'000)},
        sequential_{arguments.text("--order", "random") == "sequential"},
        file_{arguments.text("--file", {})} {}

  [[nodiscard]] std::uint64_t width() const noexcept { return width_; }
  [[nodiscard]] int fd() const noexcept { return file_.fd(); }

  /// Whether there is another one to begin, and where.
  bool begin(std::uint64_t& offset) noexcept {
    if (begun_ == count_) return false;
    const std::uint64_t block = sequential_ ? begun_ % file_.blocks() : random_.below(file_.blocks());
    offset = block * block_bytes;
    ++begun_;
    return true;
  }
  void ended(std::size_t size) {
    if (size != block_bytes) fail("read", "short");
    ++ended_;
  }
  [[nodiscard]] bool all_done() const noexcept { return ended_ == count_; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_done()) fail("reads", "not all were made");
    print({.bench = "reads",
           .variant = variant,
           .width = width_,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls});
  }

 private:
  std::uint64_t width_;
  std::uint64_t count_;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  bool sequential_;
  CachedFile file_;
  Random random_;
};

}  // namespace bench
