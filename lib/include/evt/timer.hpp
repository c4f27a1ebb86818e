/// Timer: one-shot, absolute and interval timers on three clocks.
#pragma once

#include <evt/request.hpp>
#include <evt/time.hpp>

#include <optional>

namespace evt {

class Loop;

/// Never early. Result: how many expirations this callback stands for, ≥ 1; more than 1 only for
/// intervals whose earlier ticks were missed. Equal deadlines fire in the order of submission.
/// Action::rearm: after() starts the same delay again from the loop's now; at() fires at once; every()
/// goes on along its grid, without drift.
class Timer : public Request {
 public:
  using Done = Callback<Timer, std::uint64_t>;

  explicit Timer(Loop& loop, Clock clock = Clock::monotonic) noexcept;
  ~Timer();

  /// Fires `delay` after the loop's now(); a delay ≤ 0 fires at the next turn.
  Ticket after(nanoseconds delay, Done done) noexcept;
  /// Fires once the timer's clock reaches `deadline` (since its epoch). A realtime timer follows
  /// steps of the wall clock.
  Ticket at(nanoseconds deadline, Done done) noexcept;
  /// Fires at first, first + interval, …; `first` is on the timer's clock, by default now + interval.
  Ticket every(nanoseconds interval, Done done) noexcept;
  struct Schedule {
    nanoseconds first;
    nanoseconds interval;
  };
  Ticket every(Schedule schedule, Done done) noexcept;

  /// Moves the deadline of a pending timer in place; false (and nothing done) when it is idle or
  /// its callback is already due. A later deadline costs a store.
  bool reset(nanoseconds delay) noexcept;
  bool reset_at(nanoseconds deadline) noexcept;

  nanoseconds deadline() const noexcept { return deadline_; }
  Clock clock() const noexcept { return clock_; }

  std::optional<Result<std::uint64_t>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  static Action invoke(Request& request);
  Result<std::uint64_t> take_result() noexcept;
  enum class Form : std::uint8_t { after, at, every };
  Ticket submit(Form form, Schedule schedule, Done done) noexcept;
  nanoseconds clock_now() const noexcept;

  static constexpr std::uint16_t nowhere = 0xffff;
  Clock clock_;  // These two first: they fit behind what is Request's.
  Form form_ = Form::after;
  std::uint16_t place_ = nowhere;  // In the wheel, as well as the next.
  std::uint32_t order_ = 0;
  nanoseconds deadline_{0};
  nanoseconds interval_{0};  // after: the delay; every: the interval.
};

}  // namespace evt
