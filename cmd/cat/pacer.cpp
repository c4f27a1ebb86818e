/// Exact to the nanosecond, however small the chunks: the remainder of each division is carried on.
#include "cat/pacer.hpp"

#include <algorithm>

namespace evtool::cat {

std::size_t Pacer::chunk(std::size_t most) const {
  return std::clamp<std::size_t>(rate_.per_second / 10, 1, most);
}

evt::nanoseconds Pacer::moved(std::uint64_t bytes, evt::nanoseconds now) {
  constexpr std::uint64_t second = 1'000'000'000;
  if (next_ < now) {
    next_ = now;
    rest_ = 0;
  }
  // Whole seconds apart, so that the product fits: bytes < rate there, and rates are below 2⁶³.
  const auto whole = bytes / rate_.per_second;
  __extension__ using Wide = unsigned __int128;
  const Wide part = Wide{bytes % rate_.per_second} * second + rest_;
  rest_ = static_cast<std::uint64_t>(part % rate_.per_second);
  const auto fraction = static_cast<std::int64_t>(part / rate_.per_second);
  constexpr std::uint64_t most_seconds = INT64_MAX / second;
  const auto seconds = static_cast<std::int64_t>(std::min(whole, most_seconds - 1));
  next_ = evt::saturating_add(next_, evt::nanoseconds{seconds * static_cast<std::int64_t>(second) + fraction});
  return next_;
}

}  // namespace evtool::cat
