/// One try of an operation without blocking and without touching the descriptor's flags; shared by
/// the engines that wait for readiness.
#pragma once

#include <evt/evt.hpp>

#include <sys/uio.h>

#include <cstdint>

namespace evt::detail {

/// What one try needs to know besides the request, and what it says besides its result.
struct Attempt {
  BrokenPipe broken_pipe = BrokenPipe::suppress;
  DiskWork disk_work = DiskWork::pool;
  std::uint64_t system_calls = 0;  // Counted up.
};

/// Only a thread that may block can do this now: a file that is not cached, a foreign tty.
inline constexpr std::int64_t code_needs_pool = -6001;

/// The pool has run out: the request waits for a buffer, see Core::starve.
inline constexpr std::int64_t code_no_buffer = -6002;

/// A count, -errno, -EAGAIN where it would block, code_needs_pool or code_no_buffer.
std::int64_t attempt(Request& request, Attempt& context) noexcept;

/// Where a request that would block has to wait.
struct Gate {
  File* file;
  Direction direction;
};

/// For a splice asks the kernel which side holds it up.
Gate gate_of(Request& request, Attempt& context) noexcept;

/// True when `count` bytes less than asked for mean that the stream is drained, or full.
bool short_means_dry(Request& request) noexcept;
std::size_t asked(Request& request) noexcept;

/// splice(2) without blocking; the pipe side alone honours that.
std::int64_t try_splice(FileRequest& request, Attempt& context) noexcept;

/// The vectors of the next part of a readv or writev, as far as the last parts came; `scratch`
/// stands for a vector that was moved in part.
std::span<const iovec> next_vectors(const FileRequest& request, iovec& scratch) noexcept;

}  // namespace evt::detail
