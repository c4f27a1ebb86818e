/// Time as the contract suite sees it: through the loop, so that a simulated clock counts as well as the kernel's.
#pragma once

#include "contract/fixture.hpp"

namespace evt::contract {

/// What `clock` says now, on the engine of `loop`: a fresh reading, not the turn's.
inline nanoseconds time_of(Loop& loop, Clock clock = Clock::monotonic) {
  if (loop.backend() != Backend::simulated) return read_clock(clock);
  loop.update_now();
  if (clock == Clock::monotonic) return loop.now();
  Timer probe(loop, clock);
  auto ignore = [] {};
  probe.after(0ns, bind(ignore));
  return probe.deadline();
}

/// Lets `duration` pass without running the loop: a slow callback. A simulated clock moves only with the loop, so that
/// cases about being late use deadlines in the past there.
inline void spin(nanoseconds duration) {
  const nanoseconds end = read_clock(Clock::monotonic) + duration;
  while (read_clock(Clock::monotonic) < end) {
  }
}

}  // namespace evt::contract
