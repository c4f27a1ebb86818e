/// Clocks and saturating time arithmetic. Every time is in nanoseconds since its clock's epoch.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace evt {

using std::chrono::nanoseconds;

/// monotonic stands still while the machine sleeps, boottime does not, realtime is the wall clock
/// and may be stepped; see clock_gettime(2).
enum class Clock : std::uint8_t { monotonic, boottime, realtime };

/// "No deadline".
inline constexpr nanoseconds never = nanoseconds::max();

/// `time + delay`, clamped to [0, never]. Never overflows.
constexpr nanoseconds saturating_add(nanoseconds time, nanoseconds delay) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(time.count(), delay.count(), &sum)) {
    return delay.count() < 0 ? nanoseconds::zero() : never;
  }
  return nanoseconds{sum < 0 ? 0 : sum};
}

/// `later - earlier`, or zero where that would be negative.
constexpr nanoseconds saturating_since(nanoseconds later, nanoseconds earlier) noexcept {
  if (later <= earlier) return nanoseconds::zero();
  std::int64_t difference = 0;
  return __builtin_sub_overflow(later.count(), earlier.count(), &difference) ? never : nanoseconds{difference};
}

/// The kernel's clock, read now (clock_gettime). Any thread.
nanoseconds read_clock(Clock clock) noexcept;

}  // namespace evt
