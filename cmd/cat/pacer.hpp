/// Pacer: when the next bytes may go, for --rate-limit. Arithmetic only.
#pragma once

#include "units.hpp"
#include <evt/time.hpp>

#include <cstddef>
#include <cstdint>

namespace evtool::cat {

class Pacer {
 public:
  explicit Pacer(Rate rate) : rate_(rate) {}

  /// How many bytes to move at once: a tenth of a second's worth, at least one.
  std::size_t chunk(std::size_t most) const;

  /// `bytes` move at `now`. Returns the time before which no more may: the average never exceeds the rate, and time
  /// in which nothing came is not saved up for a burst.
  evt::nanoseconds moved(std::uint64_t bytes, evt::nanoseconds now);

 private:
  Rate rate_;
  evt::nanoseconds next_{0};
  std::uint64_t rest_ = 0;  // What was cut off a nanosecond, in units of 1/rate of one.
};

}  // namespace evtool::cat
