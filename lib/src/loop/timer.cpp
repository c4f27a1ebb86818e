/// Timer and Wake: from the typed calls to the core and back.
#include "loop/core.hpp"
#include "loop/outcome.hpp"

#include <algorithm>

namespace evt {

using detail::Access;

Timer::Timer(Loop& loop, Clock clock) noexcept : Request(Access::core(loop), &Timer::invoke), clock_(clock) {}

Timer::~Timer() {
  settle();
}

Action Timer::invoke(Request& request) {
  auto& self = static_cast<Timer&>(request);
  return detail::call<Timer, std::uint64_t>(self.function_, self.context_, self, [&] { return self.take_result(); });
}

Result<std::uint64_t> Timer::take_result() noexcept {
  if (result_ < 0) return std::unexpected(detail::to_error(Operation::timer, result_));
  return static_cast<std::uint64_t>(result_);
}

nanoseconds Timer::clock_now() const noexcept {
  return core_->time_of(clock_);
}

Ticket Timer::submit(Form form, Schedule schedule, Done done) noexcept {
  if (core_ == nullptr) return Access::refused(static_cast<std::int32_t>(detail::code_no_loop));
  Ticket ticket;
  if (!core_->admit(*this, Operation::timer, ticket)) return ticket;
  form_ = form;
  deadline_ = schedule.first;
  interval_ = schedule.interval;
  function_ = detail::store(done);
  context_ = done.context;
  core_->start_timer(*this);
  return ticket;
}

Ticket Timer::after(nanoseconds delay, Done done) noexcept {
  if (core_ == nullptr) return submit(Form::after, {}, done);
  delay = std::max(delay, nanoseconds::zero());
  return submit(Form::after, {saturating_add(clock_now(), delay), delay}, done);
}

Ticket Timer::at(nanoseconds deadline, Done done) noexcept {
  return submit(Form::at, {deadline, {}}, done);
}

Ticket Timer::every(nanoseconds interval, Done done) noexcept {
  if (core_ == nullptr) return submit(Form::every, {}, done);
  return every(Schedule{saturating_add(clock_now(), std::max(interval, nanoseconds{1})), interval}, done);
}

Ticket Timer::every(Schedule schedule, Done done) noexcept {
  schedule.interval = std::max(schedule.interval, nanoseconds{1});  // Zero would be due for ever.
  return submit(Form::every, schedule, done);
}

bool Timer::reset(nanoseconds delay) noexcept {
  if (core_ == nullptr) return false;
  return reset_at(saturating_add(clock_now(), std::max(delay, nanoseconds::zero())));
}

bool Timer::reset_at(nanoseconds deadline) noexcept {
  if (place_ == nowhere || core_ == nullptr) return false;
  deadline_ = deadline;
  core_->move_timer(*this);
  return true;
}

std::optional<Result<std::uint64_t>> Timer::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

Wake::Wake(Loop& loop) noexcept : ThreadedRequest(Access::core(loop), &Wake::invoke) {
  unref();
}

Wake::~Wake() {
  if (core_ != nullptr) core_->drain_remote();  // A notification nobody waited for may be on its way.
  settle();
}

Action Wake::invoke(Request& request) {
  auto& self = static_cast<Wake&>(request);
  return detail::call<Wake, void>(self.function_, self.context_, self,
                                  [&] { return detail::void_result(Operation::wake, self.result_); });
}

Ticket Wake::wait(Done done) noexcept {
  if (core_ == nullptr) return Access::refused(static_cast<std::int32_t>(detail::code_no_loop));
  Ticket ticket;
  if (!core_->admit(*this, Operation::wake, ticket)) return ticket;
  function_ = detail::store(done);
  context_ = done.context;
  core_->start_wake(*this);
  return ticket;
}

void Wake::notify() noexcept {
  if (core_ == nullptr || notified_.exchange(true, std::memory_order_acq_rel)) return;
  core_->push_remote(remote_);
}

std::optional<Result<void>> Wake::cancel_sync() noexcept {
  if (core_ != nullptr) core_->drain_remote();
  if (!settle()) return std::nullopt;
  return Result<void>{};
}

}  // namespace evt
