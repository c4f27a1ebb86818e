/// Timers that repeat: rearm of each form, the grid of every(), and ticks that were missed.
#include "contract/timing.hpp"

#include <vector>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(RepeatingTimers);

TEST_P(RepeatingTimers, RearmOfAfterStartsTheSameDelayFromTheLoopsNow) {
  Timer timer(loop());
  TimerRecorder fired;
  std::vector<nanoseconds> expected;
  std::vector<nanoseconds> seen;
  fired.then = [&] {
    seen.push_back(timer.deadline());
    if (!simulated()) spin(1ms);  // The delay counts from the turn's now, whatever the callback cost.
    expected.push_back(loop().now() + 3ms);
    return fired.calls < 4 ? Action::rearm : Action::disarm;
  };
  timer.after(3ms, bind(fired));
  expected.push_back(timer.deadline());
  ASSERT_TRUE(is_value(loop().run(), 4));
  expected.pop_back();
  EXPECT_EQ(seen, expected);
}

TEST_P(RepeatingTimers, RearmOfAtFiresAtOnce) {
  Timer timer(loop());
  TimerRecorder fired;
  fired.then = [&] { return fired.calls < 3 ? Action::rearm : Action::disarm; };
  const nanoseconds deadline = loop().now() + 1ms;
  timer.at(deadline, bind(fired));
  ASSERT_TRUE(run_until_called(fired));
  turns(3);
  EXPECT_EQ(fired.calls, 3);
  EXPECT_EQ(timer.deadline(), deadline);
}

TEST_P(RepeatingTimers, EveryStartsOneIntervalFromNow) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.every(4ms, bind(fired));
  EXPECT_EQ(timer.deadline(), loop().now() + 4ms);
  ASSERT_TRUE(is_value(loop().run(), 1)) << "disarm ends an interval";
}

TEST_P(RepeatingTimers, TicksStayOnTheirGridAndNoneIsLost) {
  Timer timer(loop());
  constexpr nanoseconds interval = 2ms;
  const nanoseconds first = loop().now() + 1ms;
  std::uint64_t ticks = 0;
  auto on_tick = [&](Timer& self, const Result<std::uint64_t>& result) {
    EXPECT_TRUE(result);
    ticks += *result;
    EXPECT_GE(*result, 1U);
    const auto due = static_cast<std::uint64_t>((loop().now() - first) / interval) + 1;
    EXPECT_EQ(ticks, due) << "as many as the grid has up to now";
    if (!simulated() && ticks == 3) spin(5ms);
    EXPECT_EQ((self.deadline() - first) % interval, 0ns);
    return ticks < 12 ? Action::rearm : Action::disarm;
  };
  timer.every({.first = first, .interval = interval}, bind(on_tick));
  ASSERT_TRUE(loop().run());
  EXPECT_GE(ticks, 12U);
}

TEST_P(RepeatingTimers, MissedTicksCoalesceIntoOneResult) {
  Timer timer(loop());
  const nanoseconds first = loop().now() - 10s;
  TimerRecorder fired;
  fired.then = [&] {
    const auto due = static_cast<std::uint64_t>((loop().now() - first) / 3s) + 1;
    EXPECT_EQ(**fired.result, due);
    return Action::rearm;
  };
  timer.every({.first = first, .interval = 3s}, bind(fired));
  turns(3);
  ASSERT_EQ(fired.calls, 1) << "one callback for all that were missed";
  EXPECT_EQ(**fired.result, 4U);
  EXPECT_EQ(timer.deadline(), first + 12s) << "the next one is on the grid and in the future";
}

TEST_P(RepeatingTimers, AFirstTickLongAgoDoesNotOverflow) {
  Timer timer(loop());
  TimerRecorder fired;
  fired.then = [&] { return Action::rearm; };
  timer.every({.first = 0ns, .interval = 1h}, bind(fired));
  turns(3);
  ASSERT_EQ(fired.calls, 1);
  EXPECT_EQ(**fired.result, static_cast<std::uint64_t>(loop().now() / 1h) + 1);
  EXPECT_GT(timer.deadline(), loop().now());
  EXPECT_EQ(timer.deadline() % 1h, 0ns);
}

TEST_P(RepeatingTimers, AnIntervalOfNothingTicksOnceATurn) {
  Timer timer(loop());
  TimerRecorder fired;
  fired.then = [&] { return Action::rearm; };
  ASSERT_TRUE(timer.every(0ns, bind(fired)));
  for (int turn = 1; turn <= 5; ++turn) {
    ASSERT_TRUE(loop().run(RunMode::no_wait));
    EXPECT_EQ(fired.calls, turn);
  }
}

TEST_P(RepeatingTimers, AnIntervalGoesOnAfterCancelWasRearmed) {
  Timer timer(loop());
  std::vector<bool> outcomes;
  TimerRecorder fired;
  fired.then = [&] {
    outcomes.push_back(fired.result->has_value());
    return fired.calls < 3 ? Action::rearm : Action::disarm;
  };
  timer.every(1ms, bind(fired));
  timer.cancel();
  ASSERT_TRUE(is_value(loop().run(), 3));
  EXPECT_EQ(outcomes, (std::vector<bool>{false, true, true}));
}

}  // namespace
}  // namespace evt::contract
