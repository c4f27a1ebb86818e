/// Bucket arithmetic: values below 256 have a bucket each, every later octave has 128.
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace evtool {
namespace {

constexpr unsigned sub_bits = 7;
constexpr std::size_t sub_count = std::size_t{1} << sub_bits;

constexpr unsigned shift_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width <= sub_bits + 1 ? 0 : width - sub_bits - 1;
}

constexpr std::size_t bucket_of(std::uint64_t value) {
  const unsigned shift = shift_of(value);
  return shift * sub_count + static_cast<std::size_t>(value >> shift);
}

/// The greatest value that falls into `bucket`.
constexpr std::uint64_t upper_edge(std::size_t bucket) {
  if (bucket < 2 * sub_count) return bucket;
  const auto shift = bucket / sub_count - 1;
  const std::uint64_t top = bucket - shift * sub_count;
  return (top << shift) + ((std::uint64_t{1} << shift) - 1);
}

constexpr std::size_t bucket_count = bucket_of(UINT64_MAX) + 1;
static_assert(upper_edge(bucket_count - 1) == UINT64_MAX);
static_assert(bucket_of(255) == 255 && bucket_of(256) == 256 && bucket_of(257) == 256 && bucket_of(258) == 257);

}  // namespace

Histogram::Histogram() : buckets_(bucket_count) {}

void Histogram::record(std::uint64_t value) {
  ++buckets_[bucket_of(value)];
  ++count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

std::uint64_t Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const auto exact = std::ceil(percent / 100 * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(exact, 1.0)), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) return std::min(upper_edge(bucket), max_);
  }
  return max_;
}

std::uint64_t Histogram::count_in_octave(int bits) const {
  const std::uint64_t last = bits >= 64 ? UINT64_MAX : (std::uint64_t{1} << bits) - 1;
  const std::uint64_t first = bits <= 1 ? 0 : std::uint64_t{1} << (bits - 1);
  std::uint64_t count = 0;
  for (std::size_t bucket = bucket_of(first); bucket <= bucket_of(last); ++bucket)
    count += buckets_[bucket];
  return count;
}

}  // namespace evtool
