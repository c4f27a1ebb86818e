/// What all timer benchmarks agree on: a million one-shot timers with random deadlines are started, then expired in
/// order. Sleeping lets all deadlines pass in between, so that the figure is the cost of the timers and not of
/// waiting for the clock; it uses no CPU time.
#pragma once

#include "common/measure.hpp"

#include <cstdint>
#include <ctime>

namespace bench {

inline constexpr std::uint64_t timer_spread_ns = 1'000'000'000;

/// The loops read their clock when they run next.
inline void sleep_past_all_deadlines() noexcept {
  timespec left{.tv_sec = timer_spread_ns / 1'000'000'000, .tv_nsec = 10'000'000};
  while (nanosleep(&left, &left) != 0) {
  }
}

/// Counts what fires and checks the order. Also what an armed timer holds of the heap.
class Expiry {
 public:
  explicit Expiry(Arguments& arguments) : count_{arguments.number("--count", 1'000'000)} {}

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// `deadline` in any unit, the same for all.
  void fired(std::uint64_t deadline) {
    if (deadline < last_deadline_) fail("timer", "fired out of order");
    last_deadline_ = deadline;
    ++fired_;
  }
  [[nodiscard]] bool all_fired() const noexcept { return fired_ == count_; }

  void all_armed() noexcept { heap_bytes_ = bench::heap_bytes() - heap_bytes_; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_fired()) fail("timers", "not all fired");
    print({.bench = "timers",
           .variant = variant,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls,
           .bytes_each = static_cast<double>(heap_bytes_) / static_cast<double>(count_)});
  }

 private:
  std::uint64_t count_;
  std::uint64_t fired_ = 0;
  std::uint64_t last_deadline_ = 0;
  std::uint64_t heap_bytes_ = bench::heap_bytes();
};

}  // namespace bench
