/// Schedule: when ticks are due. They lie on a grid, so that nothing that is late makes a later one late; each may be
/// put off by a random splay.
#pragma once

#include "units.hpp"
#include <evt/time.hpp>

#include <cstdint>
#include <random>

namespace evtool::timer {

class Schedule {
 public:
  struct Grid {
    evt::nanoseconds first;
    Duration interval;  ///< More than nothing.
    Duration splay{0};  ///< At most the interval, so that ticks keep their order.
  };

  explicit Schedule(const Grid& grid, std::uint64_t seed);

  /// When the tick is due that comes next.
  evt::nanoseconds due() const { return due_; }
  /// On to the one after it.
  void advance();
  /// On to the first one whose place on the grid is after `now`; says how many were passed over.
  std::uint64_t skip_until(evt::nanoseconds now);

 private:
  void put_off();

  Grid grid_;
  evt::nanoseconds place_;
  evt::nanoseconds due_{0};
  std::minstd_rand random_;
};

}  // namespace evtool::timer
