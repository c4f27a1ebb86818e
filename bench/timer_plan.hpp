/// What both timer benchmarks agree on: how far the deadlines are spread, and the sleep that lets all
/// of them pass, so that the figure is the cost of the timers and not of waiting for the clock.
#pragma once

#include <cstdint>
#include <ctime>

namespace bench {

inline constexpr std::uint64_t timer_spread_ns = 1'000'000'000;

/// Sleeping uses no CPU time. The loops read their clock when they run next.
inline void sleep_past_all_deadlines() noexcept {
  timespec left{.tv_sec = timer_spread_ns / 1'000'000'000, .tv_nsec = 10'000'000};
  while (nanosleep(&left, &left) != 0) {
  }
}

}  // namespace bench
