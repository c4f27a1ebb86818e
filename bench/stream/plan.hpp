/// One TCP stream, the same for every library: both ends in one loop, written in chunks of 64 KiB and read into
/// room for two, so that a short count says that all was read. An operation is one chunk, written and read.
#pragma once

#include "common/measure.hpp"
#include "common/sockets.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace bench {

inline constexpr std::size_t chunk_bytes = 65536;
inline constexpr std::byte pattern{0x5a};

/// What is written, what was read of it, and the end of both.
class Stream {
 public:
  explicit Stream(Arguments& arguments) : count_{arguments.number("--count", 40'000)} { chunk_.fill(pattern); }

  /// The rest of the chunk that is being written; empty at the end.
  [[nodiscard]] std::span<const std::byte> to_write() const noexcept {
    if (written_chunks_ == count_) return {};
    return std::span{chunk_}.subspan(written_of_chunk_);
  }
  /// `size` bytes of to_write() are out.
  void wrote(std::size_t size) noexcept {
    written_of_chunk_ += size;
    if (written_of_chunk_ < chunk_bytes) return;
    written_of_chunk_ = 0;
    ++written_chunks_;
  }

  [[nodiscard]] std::span<std::byte> room() noexcept { return room_; }
  /// `size` bytes have come into room(). True when that was the last.
  bool read(std::size_t size) {
    if (size == 0) fail("read", "end of the stream");
    if (room_[0] != pattern || room_[size - 1] != pattern) fail("read", "not what was written");
    read_bytes_ += size;
    return all_read();
  }
  [[nodiscard]] bool all_read() const noexcept { return read_bytes_ == count_ * chunk_bytes; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_read()) fail("stream", "not all was read");
    print({.bench = "stream", .variant = variant, .operations = count_, .meter = meter, .kernel_entries = calls});
  }

 private:
  std::uint64_t count_;
  std::uint64_t written_chunks_ = 0;
  std::size_t written_of_chunk_ = 0;
  std::uint64_t read_bytes_ = 0;
  std::array<std::byte, chunk_bytes> chunk_;
  std::array<std::byte, 2 * chunk_bytes> room_;
};

}  // namespace bench
