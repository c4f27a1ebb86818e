/// How the epoll engine sleeps: one epoll_pwait2, and a timerfd for long waits.
#include "engine/epoll.hpp"

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evt::detail {

namespace {

/// epoll_pwait2 is late by 0.1 % of the wait, whatever the timer slack is; a timerfd is not.
constexpr nanoseconds long_wait = std::chrono::milliseconds{2};

/// A signal may come just before the thread blocks: asked again until the job is over.
constexpr nanoseconds repeat_interrupts = std::chrono::milliseconds{10};

/// While callbacks keep the loop busy the kernel is asked in every second turn. Less often, and a writer in the same
/// loop gets so far ahead of its reader that the caches no longer hold what is between them.
constexpr unsigned skips = 2;

timespec to_timespec(nanoseconds time) noexcept {
  return {time.count() / 1'000'000'000, time.count() % 1'000'000'000};
}

}  // namespace

void EpollEngine::wait(nanoseconds deadline) {
  if (!interrupted_.empty()) {
    for (Hook* node = interrupted_.end.next; node != &interrupted_.end; node = node->next) {
      core_->pool()->interrupt(*node->owner);
    }
    deadline = std::min(deadline, saturating_add(read_clock(Clock::monotonic), repeat_interrupts));
  }
  if (deadline <= nanoseconds::zero() && parked_ == 0 && !hosted_) return;
  if (deadline == in_passing && ++skipped_ < skips) return;
  skipped_ = 0;
  deadline = std::max(deadline, nanoseconds::zero());
  const int count = sleep(deadline);
  for (int index = 0; index < count; ++index)
    on_event(events_[static_cast<std::size_t>(index)]);
}

int EpollEngine::sleep(nanoseconds deadline) noexcept {
  if (deadline == nanoseconds::zero()) return timed_wait(deadline);
  if (deadline == never) return timed_wait(never);
  const nanoseconds left = saturating_since(deadline, read_clock(Clock::monotonic));
  if (left > long_wait && arm_timer(deadline)) return timed_wait(never);
  return timed_wait(left);
}

int EpollEngine::timed_wait(nanoseconds left) noexcept {
  ++core_->statistics.kernel_entries;
  const auto room = static_cast<int>(events_.size());
  const timespec timeout = to_timespec(left);
  const long count =
      syscall(SYS_epoll_pwait2, epoll_.get(), events_.data(), room, left == never ? nullptr : &timeout, nullptr, 0);
  if (count >= 0 || errno != ENOSYS) return static_cast<int>(std::max(count, 0L));
  // Before Linux 5.11; rounded up, or we would spin for the last millisecond.
  const std::int64_t wait_ms =
      left == never ? -1 : std::min<std::int64_t>((left.count() + 999'999) / 1'000'000, INT32_MAX);
  return std::max(::epoll_wait(epoll_.get(), events_.data(), room, static_cast<int>(wait_ms)), 0);
}

/// Sets the timerfd to `deadline`; a system call only when it changed.
bool EpollEngine::arm_timer(nanoseconds deadline) noexcept {
  if (!timer_) {
    timer_ = Fd{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
    epoll_event wanted{EPOLLIN | EPOLLET, {.u64 = timer_key}};
    if (!timer_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &wanted) != 0) {
      timer_.reset();
      return false;
    }
  }
  if (deadline == armed_) return true;
  const itimerspec when{{}, to_timespec(deadline)};
  ++core_->statistics.kernel_entries;
  if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0) return false;
  armed_ = deadline;
  return true;
}

}  // namespace evt::detail
