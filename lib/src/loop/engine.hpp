/// Engine: what a backend must do for the loop's core. Everything else (queues, write-all, timers,
/// the ready list, the cancel machine, accounting) is the core's and the same for every backend.
#pragma once

#include <evt/buffer_pool.hpp>
#include <evt/loop.hpp>
#include <evt/request.hpp>
#include <evt/time.hpp>

namespace evt::detail {

class Core;

/// Results beyond -errno, as Request::result_ holds them.
inline constexpr std::int64_t code_eof = -5001;
inline constexpr std::int64_t code_busy = -5002;
inline constexpr std::int64_t code_no_loop = -5003;
inline constexpr std::int64_t code_forked = -5004;
inline constexpr std::int64_t code_exception = -5005;

/// A deadline for Engine::wait: callbacks are due already, so look only if that is cheap.
inline constexpr nanoseconds in_passing{-1};

/// One attempt at a time: the engine reports each with Core::finish(request, count or -errno), from
/// inside start(), abort() or wait(), never from another thread. Callbacks never run in here.
class Engine {
 public:
  virtual ~Engine() = default;

  /// The core to report to; called once, before anything else.
  virtual void attach(Core& core) noexcept = 0;
  /// Begins the operation of `request`, which is in flight from now on. For operations with
  /// progress (transferred()) it does the rest, or any part of the rest.
  virtual void start(Request& request) = 0;
  /// Asks an operation in flight to end soon; finish() comes, with -ECANCELED or the real result.
  virtual void abort(Request& request) = 0;
  /// After abort(): returns once finish() was called for `request`.
  virtual void await_end(Request& request) = 0;

  /// Submits what was started, then reaps completions. Waits for one until `deadline` (monotonic)
  /// or wake(); zero means no waiting, in_passing not even a system call if that can be put off.
  virtual void wait(nanoseconds deadline) = 0;
  /// Submits what was started, so that fd() tells about it.
  virtual void flush() = 0;
  /// Ends a wait. Any thread, and signal handlers.
  virtual void wake() noexcept = 0;
  /// Drops what the engine knows of `file`, none of whose operations is in flight.
  virtual void forget(File& file) noexcept = 0;
  /// True when nothing of `file` stays with the kernel; else asks for its end, and Core::close_when_quiet comes.
  virtual bool retire(File&) noexcept { return true; }
  /// `pool` is there, with its free buffers listed, which the engine may take for itself; it goes; `id` is free.
  virtual void adopt(BufferPool&) noexcept {}
  virtual void release(BufferPool&) noexcept {}
  virtual void provide(BufferPool&, std::uint16_t) noexcept {}
  /// Readable when wait() would find something, from the first call on; -1 when that cannot be had.
  virtual int fd() noexcept = 0;
  /// After fork(2), in the child, before destruction: what the kernel shares with the parent must
  /// not be touched any more.
  virtual void abandon() noexcept = 0;

  virtual Backend backend() const noexcept = 0;
  virtual nanoseconds clock(Clock clock) const noexcept { return read_clock(clock); }
  /// True when clock() is the engine's own: wait() then serves deadlines of every clock.
  virtual bool virtual_time() const noexcept { return false; }
};

}  // namespace evt::detail
