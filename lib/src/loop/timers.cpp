/// Timers: one heap a clock, one deadline for the engine's wait.
#include "loop/access.hpp"
#include "loop/core.hpp"

#include <algorithm>
#include <cerrno>

namespace evt::detail {

std::int64_t Core::TimerTraits::deadline(const Timer& timer) noexcept {
  return timer.deadline_.count();
}
std::uint32_t& Core::TimerTraits::index(Timer& timer) noexcept {
  return timer.heap_index_;
}
std::uint32_t& Core::TimerTraits::order(Timer& timer) noexcept {
  return timer.heap_order_;
}

namespace {
/// What the engine's wait serves itself; other clocks have a ClockWatch.
bool waited_for_by_engine(Clock clock, const Engine& engine) noexcept {
  return clock == Clock::monotonic || engine.virtual_time();
}

/// A clock without a ClockWatch, for want of a descriptor, may be stepped while the loop sleeps: it looks this often.
constexpr nanoseconds look_again = std::chrono::seconds{1};
}  // namespace

void Core::start_timer(Timer& timer) noexcept {
  timer.state_ = Request::State::in_flight;
  if (!heap(timer.clock_).push(timer)) complete(timer, -ENOMEM);
}

/// The same operation again, see Timer.
void Core::rearm_timer(Timer& timer) noexcept {
  switch (timer.form_) {
    case Timer::Form::after: {
      const nanoseconds from = timer.clock_ == Clock::monotonic ? now() : engine->clock(timer.clock_);
      timer.deadline_ = saturating_add(from, timer.interval_);
      break;
    }
    case Timer::Form::every:
      timer.deadline_ = saturating_add(timer.deadline_, timer.interval_ * std::max<std::int64_t>(timer.result_, 1));
      break;
    case Timer::Form::at:
      break;
  }
  start_timer(timer);
}

void Core::remove_timer(Timer& timer) noexcept {
  if (timer.heap_index_ != Heap::none) heap(timer.clock_).remove(timer);
}

void Core::move_timer(Timer& timer) noexcept {
  heap(timer.clock_).update(timer);
}

void Core::expire(Timer& timer, nanoseconds now) noexcept {
  heap(timer.clock_).remove(timer);
  std::int64_t expirations = 1;
  if (timer.form_ == Timer::Form::every) expirations += (now - timer.deadline_) / timer.interval_;
  complete(timer, expirations);
}

void Core::expire_timers() noexcept {
  for (std::size_t index = 0; index < std::size(heaps_); ++index) {
    Heap& timers = heaps_[index];
    if (timers.empty()) continue;
    const auto clock = static_cast<Clock>(index);
    const nanoseconds time = clock == Clock::monotonic ? now() : engine->clock(clock);
    // A deadline of `never` is none.
    for (Timer* timer = timers.top(); timer != nullptr && timer->deadline_ <= time && timer->deadline_ != never;
         timer = timers.top()) {
      expire(*timer, time);
    }
  }
}

/// The earliest deadline on the monotonic clock; other clocks' go to their ClockWatch.
nanoseconds Core::next_deadline() noexcept {
  nanoseconds earliest = never;
  for (std::size_t index = 0; index < std::size(heaps_); ++index) {
    const auto clock = static_cast<Clock>(index);
    Timer* timer = heaps_[index].top();
    if (waited_for_by_engine(clock, *engine)) {
      if (timer == nullptr || timer->deadline_ == never) continue;
      const nanoseconds left = saturating_since(timer->deadline_, engine->clock(clock));
      const nanoseconds here =
          clock == Clock::monotonic ? timer->deadline_ : saturating_add(engine->clock(Clock::monotonic), left);
      earliest = std::min(earliest, std::max(here, nanoseconds{1}));
      continue;
    }
    if (timer == nullptr && watches_[index] == nullptr) continue;
    if (watches_[index] == nullptr) watches_[index] = ClockWatch::create(*this, clock);
    const nanoseconds deadline = timer == nullptr ? never : timer->deadline_;
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
