/// ClockWatch: see the header.
#include "loop/clock_watch.hpp"

#include "loop/access.hpp"
#include "loop/core.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

namespace evt::detail {

std::unique_ptr<ClockWatch> ClockWatch::create(Core& core, Clock clock) noexcept {
  const int id = clock == Clock::realtime ? CLOCK_REALTIME : CLOCK_BOOTTIME;
  Fd timer{timerfd_create(id, TFD_NONBLOCK | TFD_CLOEXEC)};
  if (!timer) return nullptr;
  return std::make_unique<ClockWatch>(core, clock, std::move(timer));
}

ClockWatch::ClockWatch(Core& core, Clock clock, Fd timer) noexcept
    : clock_(clock), file_(Access::make_file(core, File::adopt(std::move(timer)))), request_(file_) {
  request_.unref();
  Access::make_internal(request_);
  request_.readable(bind<&ClockWatch::on_ready>(*this));
}

bool ClockWatch::arm(nanoseconds deadline) noexcept {
  if (broken_) return false;
  deadline = std::max(deadline, nanoseconds{1});  // Zero would disarm.
  if (deadline == armed_) return true;
  itimerspec when{};
  if (deadline != never) {
    when.it_value.tv_sec = deadline.count() / 1'000'000'000;
    when.it_value.tv_nsec = deadline.count() % 1'000'000'000;
  }
  const int flags = clock_ == Clock::realtime ? TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET : TFD_TIMER_ABSTIME;
  if (timerfd_settime(file_.fd(), flags, &when, nullptr) != 0) return false;
  armed_ = deadline;
  return true;
}

/// Due, or the clock was stepped (ECANCELED): the turn looks at every deadline anyway.
Action ClockWatch::on_ready(Result<std::size_t> events) noexcept {
  if (!events) {
    broken_ = true;  // Asked again it would fail again, at once.
    return Action::disarm;
  }
  std::uint64_t expirations = 0;
  (void)!::read(file_.fd(), &expirations, sizeof expirations);
  armed_ = nanoseconds{0};
  return Action::rearm;
}

}  // namespace evt::detail
