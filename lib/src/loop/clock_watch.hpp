/// ClockWatch: a timerfd for the deadlines of a clock that the engine's wait does not know.
#pragma once

#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/time.hpp>

#include <memory>

namespace evt::detail {

class Core;

/// Realtime and boottime each have one, made on first use. Absolute, and for realtime with
/// TFD_TIMER_CANCEL_ON_SET, so that a step of the clock re-evaluates every deadline.
class ClockWatch {
 public:
  /// Null when there is no descriptor to be had; the next turn tries again.
  static std::unique_ptr<ClockWatch> create(Core& core, Clock clock) noexcept;
  ClockWatch(Core& core, Clock clock, Fd timer) noexcept;
  /// Fires at `deadline`; a system call only when it changed. False where that cannot be had.
  bool arm(nanoseconds deadline) noexcept;

 private:
  Action on_ready(Result<std::size_t> events) noexcept;

  Clock clock_;
  File file_;
  IoRequest request_;
  nanoseconds armed_{0};
  bool broken_ = false;  // The engine could not wait for it.
};

}  // namespace evt::detail
