/// Saturating throughout: what lies past the end of the clock never comes.
#include "timer/schedule.hpp"

namespace evtool::timer {

Schedule::Schedule(const Grid& grid, std::uint64_t seed)
    : grid_(grid), place_(grid.first), random_(static_cast<std::minstd_rand::result_type>(seed)) {
  put_off();
}

void Schedule::put_off() {
  due_ = place_;
  if (grid_.splay == Duration{0}) return;
  std::uniform_int_distribution<Duration::rep> delay(0, grid_.splay.count());
  due_ = evt::saturating_add(place_, Duration{delay(random_)});
}

void Schedule::advance() {
  place_ = evt::saturating_add(place_, grid_.interval);
  put_off();
}

std::uint64_t Schedule::skip_until(evt::nanoseconds now) {
  if (place_ > now) return 0;
  const auto passed = (now - place_) / grid_.interval + 1;
  place_ = evt::saturating_add(place_, grid_.interval * passed);
  put_off();
  return static_cast<std::uint64_t>(passed);
}

}  // namespace evtool::timer
