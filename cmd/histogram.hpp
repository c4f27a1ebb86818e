/// Latencies in log-linear buckets (128 to the power of two, so within 0.8 %), with exact counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace evtool {

class Histogram {
 public:
  Histogram();

  void record(std::uint64_t value);

  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }

  /// The value that `percent` (0…100) of the recorded values do not exceed: the upper edge of its bucket,
  /// never above max(). 0 when nothing was recorded.
  std::uint64_t percentile(double percent) const;

  /// How many of the recorded values need exactly so many bits (std::bit_width); 0 counts to 1.
  std::uint64_t count_in_octave(int bits) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

}  // namespace evtool
