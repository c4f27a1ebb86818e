/// A timer of the loop, and with `spin` the last stretch on the processor.
#include "timer/alarm.hpp"

namespace evtool::timer {

void Alarm::set(evt::nanoseconds deadline) {
  deadline_ = deadline;
  const auto wake = deadline == evt::never ? deadline : evt::saturating_add(deadline, -options_.spin);
  timer_.at(wake, evt::bind<&Alarm::on_timer>(*this));
}

void Alarm::on_timer(const evt::Result<std::uint64_t>& expired) {
  if (!expired) return;
  const auto now = spin_until_deadline();
  if (now < deadline_) return set(deadline_);
  fired_.function(fired_.context, now);
}

/// Gives up where the clock was set back meanwhile: then the deadline is further away than ever.
evt::nanoseconds Alarm::spin_until_deadline() const {
  auto now = evt::read_clock(options_.clock);
  while (now < deadline_ && deadline_ - now <= options_.spin)
    now = evt::read_clock(options_.clock);
  return now;
}

}  // namespace evtool::timer
