/// What the simulated engine throws its dice with.
#pragma once

#include <cstdint>

namespace evt::detail {

/// splitmix64: small, and the same on every machine.
class SimRandom {
 public:
  explicit SimRandom(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }
  /// 0 … limit - 1; 0 where limit is 0.
  std::uint64_t below(std::uint64_t limit) noexcept { return limit == 0 ? 0 : next() % limit; }
  bool chance(unsigned percent) noexcept { return percent > 0 && below(100) < percent; }

 private:
  std::uint64_t state_;
};

}  // namespace evt::detail
