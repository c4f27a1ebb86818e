/// Timers: one wheel a clock, one deadline for the engine's wait.
#include "loop/access.hpp"
#include "loop/core.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>

namespace evt::detail {

namespace {
/// A clock without a ClockWatch, for want of a descriptor, may be stepped while the loop sleeps: it looks this often.
constexpr nanoseconds look_again = std::chrono::seconds{1};

/// Of a million timers that are due at once the first should still be in the cache when it is called back.
constexpr int expiries_a_turn = 256;
}  // namespace

void Core::start_timer(Timer& timer) noexcept {
  timer.state_ = Request::State::in_flight;
  clocks_used_ |= 1U << static_cast<unsigned>(timer.clock_);
  Timers& wheel = timers(timer.clock_);
  if (wheel.empty()) (void)wheel.pop(time_of(timer.clock_).count());  // So that it knows the time.
  wheel.push(timer);
}

/// The same operation again, see Timer.
void Core::rearm_timer(Timer& timer) noexcept {
  switch (timer.form_) {
    case Timer::Form::after:
      timer.deadline_ = saturating_add(time_of(timer.clock_), timer.interval_);
      break;
    case Timer::Form::every:
      timer.deadline_ = saturating_add(timer.deadline_, timer.interval_ * std::max<std::int64_t>(timer.result_, 1));
      break;
    case Timer::Form::at:
      break;
  }
  start_timer(timer);
}

void Core::remove_timer(Timer& timer) noexcept {
  if (timer.place_ != Timer::nowhere) timers(timer.clock_).remove(timer);
}

void Core::move_timer(Timer& timer) noexcept {
  timers(timer.clock_).update(timer);
}

void Core::expire(Timer& timer, nanoseconds now) noexcept {
  std::int64_t expirations = 1;
  if (timer.form_ == Timer::Form::every) expirations += (now - timer.deadline_) / timer.interval_;
  complete(timer, expirations);
}

void Core::expire_timers() noexcept {
  for (unsigned clocks = clocks_used_; clocks != 0; clocks &= clocks - 1) {
    const auto clock = static_cast<Clock>(std::countr_zero(clocks));
    Timers& timers = this->timers(clock);
    if (timers.empty()) continue;
    const nanoseconds time = time_of(clock);
    for (int count = 0; count < expiries_a_turn; ++count) {
      Timer* timer = timers.pop(time.count());
      if (timer == nullptr) break;
      expire(*timer, time);
    }
  }
}

/// Not later than the earliest deadline on the monotonic clock; other clocks' go to their ClockWatch.
nanoseconds Core::next_deadline(Effort effort) noexcept {
  nanoseconds earliest = never;
  for (unsigned clocks = clocks_used_; clocks != 0; clocks &= clocks - 1) {
    const auto index = static_cast<std::size_t>(std::countr_zero(clocks));
    const auto clock = static_cast<Clock>(index);
    Timers& timers = timers_[index];
    const nanoseconds deadline = timers.empty() ? never : nanoseconds{timers.earliest(effort)};
    if (clock == Clock::monotonic) {
      earliest = std::max(deadline, nanoseconds{1});
      continue;
    }
    if (timers.empty() && watches_[index] == nullptr) continue;
    if (engine->virtual_time()) {
      if (deadline == never) continue;
      const nanoseconds left = saturating_since(deadline, engine->clock(clock));
      const nanoseconds here = saturating_add(engine->clock(Clock::monotonic), left);
      earliest = std::min(earliest, std::max(here, nanoseconds{1}));
      continue;
    }
    if (watches_[index] == nullptr) watches_[index] = ClockWatch::create(*this, clock);
    if ((watches_[index] != nullptr && watches_[index]->arm(deadline)) || deadline == never) continue;
    const nanoseconds left = std::min(saturating_since(deadline, engine->clock(clock)), look_again);
    earliest = std::min(earliest, saturating_add(engine->clock(Clock::monotonic), left));
  }
  return earliest;
}

void Core::forget_clock_watches() noexcept {
  for (auto& watch : watches_)
    watch.reset();
}

}  // namespace evt::detail
