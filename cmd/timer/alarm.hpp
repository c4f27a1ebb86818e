/// Alarm: one point in time of a clock, met late by as little as can be, and never early.
#pragma once

#include <evt/timer.hpp>

namespace evtool::timer {

class Alarm {
 public:
  /// `now` was read from the alarm's clock, at or after the deadline.
  struct Fired {
    void (*function)(void* context, evt::nanoseconds now) = nullptr;
    void* context = nullptr;
  };
  struct Options {
    evt::Clock clock = evt::Clock::monotonic;
    /// Wake so much before the deadline and watch the clock from then on.
    evt::nanoseconds spin{0};
  };

  Alarm(evt::Loop& loop, Options options, Fired fired)
      : options_(options), fired_(fired), timer_(loop, options.clock) {}

  /// Calls back once `deadline` is reached, from the loop; `never` is no deadline. Not while it is set.
  void set(evt::nanoseconds deadline);
  bool is_set() const { return !timer_.idle(); }
  /// No call will come.
  void clear() { (void)timer_.cancel_sync(); }

 private:
  void on_timer(const evt::Result<std::uint64_t>& expired);
  evt::nanoseconds spin_until_deadline() const;

  Options options_;
  Fired fired_;
  evt::nanoseconds deadline_{0};
  evt::Timer timer_;
};

}  // namespace evtool::timer
