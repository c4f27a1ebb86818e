/// Timers: never early, in order, on their grid, moved in place, and safe with every number.
#include "contract/timing.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>
#include <random>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Timers);

TEST_P(Timers, NeverFireEarly) {
  std::deque<Timer> timers;
  std::deque<TimerRecorder> fired;
  for (const nanoseconds delay : {nanoseconds(1ns), nanoseconds(999ns), nanoseconds(100us), nanoseconds(999us),
                                  nanoseconds(1ms), nanoseconds(1500us), nanoseconds(7ms), nanoseconds(20ms)}) {
    Timer& timer = timers.emplace_back(loop());
    TimerRecorder& recorder = fired.emplace_back();
    recorder.then = [&] {
      EXPECT_GE(loop().now(), timer.deadline());
      EXPECT_GE(time_of(loop()), timer.deadline());
      return Action::disarm;
    };
    ASSERT_TRUE(timer.after(delay, bind(recorder)));
    EXPECT_EQ(timer.deadline(), loop().now() + delay);
  }
  ASSERT_TRUE(is_value(loop().run(), timers.size()));
  for (const TimerRecorder& recorder : fired) {
    ASSERT_EQ(recorder.calls, 1);
    EXPECT_TRUE(is_value(*recorder.result, 1));
  }
}

TEST_P(Timers, EqualDeadlinesFireInSubmissionOrder) {
  std::vector<std::string> order;
  std::vector<std::string> expected;
  std::deque<Timer> timers;
  std::deque<TimerRecorder> fired;
  const nanoseconds deadline = loop().now() + 2ms;
  for (int each = 0; each < 40; ++each) {
    expected.push_back(std::to_string(each));
    TimerRecorder& recorder = fired.emplace_back(order, expected.back());
    ASSERT_TRUE(timers.emplace_back(loop()).at(deadline, bind(recorder)));
  }
  ASSERT_TRUE(is_value(loop().run(), 40));
  EXPECT_EQ(order, expected);
}

TEST_P(Timers, TenThousandFireInTheOrderOfTheirDeadlines) {
  constexpr std::size_t count = 10'000;
  std::mt19937 random(7);
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::deque<Timer> timers;
  std::vector<std::pair<nanoseconds, std::size_t>> expected;
  std::vector<std::pair<nanoseconds, std::size_t>> fired;
  auto on_timer = [&](Timer& timer, const Result<std::uint64_t>& result) {
    EXPECT_TRUE(is_value(result, 1));
    fired.emplace_back(timer.deadline(), *static_cast<std::size_t*>(timer.user()));
  };
  const nanoseconds start = loop().now();
  for (std::size_t each = 0; each < count; ++each) {
    const nanoseconds deadline = start + std::chrono::microseconds(random() % 20'000);
    Timer& timer = timers.emplace_back(loop());
    timer.set_user(&numbers[each]);
    expected.emplace_back(deadline, each);
    ASSERT_TRUE(timer.at(deadline, bind(on_timer)));
  }
  ASSERT_TRUE(is_value(loop().run(), count));
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(fired, expected);
}

TEST_P(Timers, ZeroAndNegativeDelaysFireAtTheNextTurn) {
  Timer zero(loop());
  Timer negative(loop());
  Timer most_negative(loop());
  TimerRecorder fired[3];
  ASSERT_TRUE(zero.after(0ns, bind(fired[0])));
  ASSERT_TRUE(negative.after(-5s, bind(fired[1])));
  ASSERT_TRUE(most_negative.after(nanoseconds::min(), bind(fired[2])));
  for (const auto& recorder : fired)
    EXPECT_EQ(recorder.calls, 0) << "called back inline";
  ASSERT_TRUE(is_value(loop().run(RunMode::no_wait), 3));
  for (const auto& recorder : fired)
    EXPECT_EQ(recorder.calls, 1);
}

TEST_P(Timers, ADeadlineInThePastFiresAtTheNextTurn) {
  Timer timer(loop());
  TimerRecorder fired;
  ASSERT_TRUE(timer.at(loop().now() - 1s, bind(fired)));
  ASSERT_TRUE(is_value(loop().run(RunMode::no_wait), 1));
  EXPECT_TRUE(is_value(*fired.result, 1));
  ASSERT_TRUE(timer.at(0ns, bind(fired)));
  ASSERT_TRUE(is_value(loop().run(RunMode::no_wait), 1));
  EXPECT_EQ(fired.calls, 2);
}

TEST_P(Timers, ADueTimerStartedInACallbackWaitsForTheNextTurn) {
  Timer timer(loop());
  Timer follower(loop());
  TimerRecorder fired;
  TimerRecorder followed;
  fired.then = [&] {
    EXPECT_TRUE(follower.after(0ns, bind(followed)));
    return Action::disarm;
  };
  timer.after(0ns, bind(fired));
  EXPECT_TRUE(is_value(loop().run(RunMode::no_wait), 1));
  EXPECT_EQ(followed.calls, 0);
  EXPECT_TRUE(is_value(loop().run(RunMode::no_wait), 1));
  EXPECT_EQ(followed.calls, 1);
}

/// Starts its own timer again from the callback, `left` times.
struct Chain {
  explicit Chain(Loop& loop) : timer(loop) {}
  void start() { EXPECT_TRUE(timer.after(50us, bind<&Chain::on_timer>(*this))); }
  void on_timer() {
    if (--left > 0) start();
  }
  Timer timer;
  int left = 20;
};

TEST_P(Timers, ATimerMayBeStartedAgainInsideItsOwnCallback) {
  Chain chain(loop());
  const nanoseconds start = time_of(loop());
  chain.start();
  ASSERT_TRUE(is_value(loop().run(), 20));
  EXPECT_EQ(chain.left, 0);
  EXPECT_GE(time_of(loop()) - start, 20 * 50us);
}

TEST_P(Timers, ATimerMayBeDestroyedInsideItsOwnCallback) {
  auto timer = std::make_unique<Timer>(loop());
  TimerRecorder fired;
  fired.then = [&] {
    timer.reset();
    return Action::disarm;
  };
  timer->after(0ns, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(timer, nullptr);
}

TEST_P(Timers, HugeDelaysNeitherFireNorOverflow) {
  Timer timers[] = {Timer(loop()), Timer(loop()), Timer(loop(), Clock::realtime), Timer(loop(), Clock::boottime)};
  TimerRecorder fired[4];
  ASSERT_TRUE(timers[0].after(never, bind(fired[0])));
  ASSERT_TRUE(timers[1].at(never, bind(fired[1])));
  ASSERT_TRUE(timers[2].after(never - 1ns, bind(fired[2])));
  ASSERT_TRUE(timers[3].every(never, bind(fired[3])));
  EXPECT_EQ(timers[0].deadline(), never);
  EXPECT_EQ(loop().next_deadline(), never);
  Timer soon(loop());
  TimerRecorder fired_soon;
  soon.after(1ms, bind(fired_soon));
  ASSERT_TRUE(run_until_called(fired_soon));
  for (int each = 0; each < 4; ++each)
    EXPECT_EQ(fired[each].calls, 0) << each;
  for (Timer& timer : timers)
    timer.cancel();
  ASSERT_TRUE(is_value(loop().run(), 4));
  for (const auto& recorder : fired)
    EXPECT_TRUE(failed_with(recorder, Errc::canceled));
}

TEST_P(Timers, CancelCompletesWithCanceledFromTheLoopOnly) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  timer.cancel();
  timer.cancel();
  EXPECT_EQ(fired.calls, 0);
  EXPECT_FALSE(timer.idle());
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_TRUE(failed_with(fired, Errc::canceled));
  EXPECT_TRUE(failed_with(fired, std::errc::operation_canceled));
  EXPECT_TRUE(timer.idle());
}

TEST_P(Timers, CancelOfADueTimerLeavesItsResult) {
  Timer first(loop());
  Timer second(loop());
  TimerRecorder fired;
  TimerRecorder due;
  fired.then = [&] {
    second.cancel();
    return Action::disarm;
  };
  const nanoseconds deadline = loop().now();
  first.at(deadline, bind(fired));
  second.at(deadline, bind(due));
  ASSERT_TRUE(is_value(loop().run(), 2));
  ASSERT_EQ(due.calls, 1);
  EXPECT_TRUE(is_value(*due.result, 1));
}

TEST_P(Timers, CancelSyncNeverCallsBackAndHandsBackWhatWasDue) {
  Timer pending(loop());
  Timer due(loop());
  Timer first(loop());
  TimerRecorder none;
  TimerRecorder fired;
  std::optional<Result<std::uint64_t>> left;
  fired.then = [&] {
    left = due.cancel_sync();
    return Action::disarm;
  };
  pending.after(1h, bind(none));
  EXPECT_FALSE(pending.cancel_sync().has_value());
  EXPECT_TRUE(pending.idle());
  first.after(0ns, bind(fired));
  due.after(0ns, bind(none));
  ASSERT_TRUE(is_value(loop().run(), 1));
  ASSERT_TRUE(left.has_value());
  EXPECT_TRUE(is_value(*left, 1));
  EXPECT_EQ(none.calls, 0);
  EXPECT_FALSE(due.cancel_sync().has_value()) << "an idle timer has nothing to hand back";
}

TEST_P(Timers, ADestroyedTimerIsForgotten) {
  TimerRecorder none;
  Timer later(loop());
  TimerRecorder fired;
  later.after(2ms, bind(fired));
  {
    Timer timer(loop());
    timer.after(1ms, bind(none));
    EXPECT_LT(loop().next_deadline(), later.deadline());
  }
  EXPECT_EQ(loop().next_deadline(), later.deadline());
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(none.calls, 0);
  EXPECT_EQ(fired.calls, 1);
}

TEST_P(Timers, ABusyTimerRefusesASecondStart) {
  Timer timer(loop());
  TimerRecorder fired;
  TimerRecorder none;
  timer.after(1ms, bind(fired));
  const nanoseconds deadline = timer.deadline();
  const Ticket refused = timer.after(1h, bind(none));
  EXPECT_FALSE(refused);
  EXPECT_TRUE(is_error(refused.error(), Errc::busy));
  EXPECT_EQ(timer.deadline(), deadline);
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(fired.calls, 1);
  EXPECT_EQ(none.calls, 0);
}

TEST_P(Timers, NextDeadlineIsTheEarliestMonotonicOne) {
  EXPECT_EQ(loop().next_deadline(), never);
  Timer far(loop());
  Timer near(loop());
  Timer wall(loop(), Clock::realtime);
  TimerRecorder none;
  far.after(2h, bind(none));
  EXPECT_EQ(loop().next_deadline(), far.deadline());
  near.after(1h, bind(none));
  EXPECT_EQ(loop().next_deadline(), near.deadline());
  // Simulated clocks go together, and one wait serves them all.
  if (!simulated()) wall.after(1min, bind(none));
  EXPECT_EQ(loop().next_deadline(), near.deadline()) << "of another clock";
  ASSERT_TRUE(near.reset(3h));
  EXPECT_EQ(loop().next_deadline(), far.deadline()) << "after a reset to later";
  ASSERT_FALSE(far.cancel_sync().has_value());
  EXPECT_EQ(loop().next_deadline(), near.deadline()) << "after a cancel";
  ASSERT_FALSE(near.cancel_sync().has_value());
  EXPECT_EQ(loop().next_deadline(), never);
}

/// The wait's timeout is rounded up and the kernel's slack does not grow with it.
TEST_P(Timers, WaitingForADeadlineDoesNotSpin) {
  Timer timer(loop());
  TimerRecorder fired;
  const auto before = loop().statistics();
  timer.after(20ms + 300ns, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_LE(loop().statistics().turns - before.turns, 4U);
}

/// epoll_pwait2 is late by a thousandth of its timeout: a second would be late by a millisecond. A busy machine may be
/// late as well, so the best of five counts.
TEST_P(Timers, ALongWaitIsNotLate) {
  if (simulated()) GTEST_SKIP() << "a simulated clock is never late";
  nanoseconds best = 1s;
  for (int attempt = 0; attempt < 5 && best > 700us; ++attempt) {
    Timer timer(loop());
    TimerRecorder fired;
    timer.after(1s, bind(fired));
    ASSERT_TRUE(is_value(loop().run(), 1));
    best = std::min(best, read_clock(Clock::monotonic) - timer.deadline());
  }
  EXPECT_LE(best, 700us);
}

}  // namespace
}  // namespace evt::contract
