/// Timers that are put off again and again, as timeouts of connections are, the same for every library: 100 000 are
/// pending, a random one of them gets a new deadline, and the loop turns once in a thousand times. In the end all
/// expire, so that nobody gains by leaving work undone. An operation is a new deadline.
#pragma once

#include "common/measure.hpp"

#include <cstdint>
#include <ctime>

namespace bench {

class Churn {
 public:
  static constexpr std::uint64_t resets_per_turn = 1000;

  explicit Churn(Arguments& arguments)
      : live_{arguments.number("--width", 100'000)}, count_{arguments.number("--count", 1'000'000)} {}

  [[nodiscard]] std::uint64_t live() const noexcept { return live_; }

  /// From five to six seconds from now: all resets are over before the first is due.
  std::uint64_t delay_ns() noexcept { return 5'000'000'000U + random_.below(1'000'000'000U); }

  /// Calls `reset(index, delay in ns)` for each operation and `turn()` in between.
  template <class Reset, class Turn>
  void run(Reset reset, Turn turn) {
    for (std::uint64_t index = 0; index < count_; ++index) {
      const std::uint64_t which = random_.below(live_);
      reset(which, delay_ns());
      if (index % resets_per_turn == 0) turn();
    }
  }

  /// Uses no CPU time.
  static void sleep_past_all_deadlines() noexcept {
    timespec left{.tv_sec = 6, .tv_nsec = 10'000'000};
    while (nanosleep(&left, &left) != 0) {
    }
  }

  void fired() noexcept { ++fired_; }
  [[nodiscard]] bool all_fired() const noexcept { return fired_ == live_; }

  void report(const char* variant, const Meter& meter, std::uint64_t calls = 0) const {
    if (!all_fired()) fail("churn", "not every timer fired once");
    print({.bench = "churn",
           .variant = variant,
           .width = live_,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls});
  }

 private:
  std::uint64_t live_;
  std::uint64_t count_;
  std::uint64_t fired_ = 0;
  Random random_;
};

}  // namespace bench
