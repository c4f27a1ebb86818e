/// The loop's time and the three clocks of timers.
#include "contract/timing.hpp"

#include <poll.h>
#include <sys/timex.h>

#include <cerrno>
#include <cstring>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Clocks);

TEST_P(Clocks, NowStandsStillWithinATurn) {
  Timer timers[] = {Timer(loop()), Timer(loop()), Timer(loop())};
  std::vector<nanoseconds> seen;
  auto note = [&] {
    seen.push_back(loop().now());
    spin(200us);
    seen.push_back(loop().now());
  };
  for (Timer& timer : timers)
    timer.after(0ns, bind(note));
  ASSERT_TRUE(is_value(loop().run(RunMode::no_wait), 3));
  ASSERT_EQ(seen.size(), 6U);
  for (const nanoseconds each : seen)
    EXPECT_EQ(each, seen.front());
}

TEST_P(Clocks, UpdateNowReadsTheClockInTheMiddleOfATurn) {
  if (simulated()) GTEST_SKIP() << "a simulated clock moves only while the loop waits";
  Timer timer(loop());
  nanoseconds before = 0ns;
  nanoseconds after = 0ns;
  auto note = [&] {
    before = loop().now();
    spin(300us);
    loop().update_now();
    after = loop().now();
  };
  timer.after(0ns, bind(note));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_GE(after - before, 300us);
  EXPECT_LE(after, read_clock(Clock::monotonic));
}

TEST_P(Clocks, NowIsFreshInEveryTurnAndNeverGoesBack) {
  Timer timer(loop());
  nanoseconds last = loop().now();
  TimerRecorder fired;
  fired.then = [&] {
    EXPECT_GT(loop().now(), last);
    last = loop().now();
    return fired.calls < 10 ? Action::rearm : Action::disarm;
  };
  timer.after(100us, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 10));
}

TEST_P(Clocks, ATimerStartedBetweenRunsCountsFromThen) {
  if (simulated()) GTEST_SKIP() << "a simulated clock moves only while the loop waits";
  turns(1);
  spin(5ms);
  Timer timer(loop());
  TimerRecorder fired;
  const nanoseconds asked = read_clock(Clock::monotonic);
  timer.after(2ms, bind(fired));
  EXPECT_GE(timer.deadline(), asked + 2ms) << "counted from a turn that is over";
  ASSERT_TRUE(is_value(loop().run(), 1));
}

TEST_P(Clocks, EveryClockFiresOnItsOwnDeadlineAndNotEarly) {
  for (const Clock clock : {Clock::monotonic, Clock::boottime, Clock::realtime}) {
    Timer after(loop(), clock);
    Timer at(loop(), clock);
    TimerRecorder fired;
    EXPECT_EQ(after.clock(), clock);
    fired.then = [&] {
      EXPECT_GE(time_of(loop(), clock), fired.calls == 1 ? after.deadline() : at.deadline());
      return Action::disarm;
    };
    const nanoseconds start = time_of(loop(), clock);
    ASSERT_TRUE(after.after(2ms, bind(fired)));
    EXPECT_GE(after.deadline() - start, 1ms) << "a delay is counted on the timer's own clock";
    EXPECT_LT(after.deadline() - start, 1s);
    ASSERT_TRUE(at.at(start + 20ms, bind(fired)));
    ASSERT_TRUE(is_value(loop().run(), 2)) << static_cast<int>(clock);
    EXPECT_LT(time_of(loop(), clock), start + 5s);
  }
}

TEST_P(Clocks, ADeadlineBeforeTheEpochIsDue) {
  for (const Clock clock : {Clock::realtime, Clock::boottime}) {
    for (const nanoseconds deadline : {nanoseconds{0}, nanoseconds{-5}}) {
      Timer timer(loop(), clock);
      TimerRecorder fired;
      timer.at(deadline, bind(fired));
      ASSERT_TRUE(is_value(loop().run(RunMode::once), 1));
      EXPECT_EQ(fired.calls, 1);
    }
  }
}

TEST_P(Clocks, TheThreeClocksRunBesideEachOther) {
  std::vector<std::string> order;
  Timer boot(loop(), Clock::boottime);
  Timer wall(loop(), Clock::realtime);
  Timer mono(loop());
  Timer wall_again(loop(), Clock::realtime);
  TimerRecorder fired[] = {{order, "boot"}, {order, "wall"}, {order, "mono"}, {order, "wall again"}};
  wall_again.after(90ms, bind(fired[3]));
  mono.after(60ms, bind(fired[2]));
  wall.after(30ms, bind(fired[1]));
  boot.after(1ms, bind(fired[0]));
  ASSERT_TRUE(is_value(loop().run(), 4));
  EXPECT_EQ(order, (std::vector<std::string>{"boot", "wall", "mono", "wall again"}));
}

TEST_P(Clocks, AWallClockTimerIsMovedAndCancelledInPlace) {
  Timer timer(loop(), Clock::realtime);
  Timer boot(loop(), Clock::boottime);
  TimerRecorder fired;
  TimerRecorder none;
  timer.after(1h, bind(fired));
  boot.after(1h, bind(none));
  turns(2);
  ASSERT_TRUE(timer.reset(2ms));
  const nanoseconds deadline = timer.deadline();
  ASSERT_TRUE(run_until_called(fired));
  EXPECT_GE(time_of(loop(), Clock::realtime), deadline);
  boot.cancel();
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_TRUE(failed_with(none, Errc::canceled));
}

TEST_P(Clocks, ARealtimeIntervalFollowsTheWallClocksGrid) {
  Timer timer(loop(), Clock::realtime);
  const nanoseconds first = time_of(loop(), Clock::realtime) - 7s;
  TimerRecorder fired;
  fired.then = [&] { return Action::rearm; };
  timer.every({.first = first, .interval = 3s}, bind(fired));
  ASSERT_TRUE(run_until_called(fired));
  EXPECT_EQ(**fired.result, 3U);
  EXPECT_EQ(timer.deadline(), first + 9s);
}

/// Steps the wall clock, by a nanosecond: a step by nothing would not be announced.
bool step_wall_clock() {
  timex step{};
  step.modes = ADJ_SETOFFSET | ADJ_NANO;
  step.time.tv_usec = 1;
  return adjtimex(&step) >= 0;
}

TEST_P(Clocks, AStepOfTheWallClockIsNoticed) {
  if (simulated()) GTEST_SKIP() << "a simulated clock is not the kernel's";
  Timer timer(loop(), Clock::realtime);
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  turns(2);
  ASSERT_EQ(loop().prepare(), never);
  if (!step_wall_clock()) GTEST_SKIP() << "may not set the clock: " << std::strerror(errno);
  pollfd told{.fd = loop().fd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&told, 1, 10'000), 1);
}

TEST_P(Clocks, AStepOfTheWallClockLosesNoTimer) {
  if (simulated()) GTEST_SKIP() << "a simulated clock is not the kernel's";
  Timer timer(loop(), Clock::realtime);
  TimerRecorder fired;
  timer.after(30ms, bind(fired));
  const nanoseconds deadline = timer.deadline();
  turns(2);
  if (!step_wall_clock()) GTEST_SKIP() << "may not set the clock: " << std::strerror(errno);
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_GE(read_clock(Clock::realtime), deadline);
  // And again: the step was noticed once, not for ever.
  timer.after(5ms, bind(fired));
  const auto before = loop().statistics().turns;
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_LE(loop().statistics().turns - before, 6U);
}

TEST(TimeArithmetic, SaturatesInBothDirections) {
  static_assert(saturating_add(1s, 2s) == 3s);
  EXPECT_EQ(saturating_add(never, 1ns), never);
  EXPECT_EQ(saturating_add(1ns, never), never);
  EXPECT_EQ(saturating_add(1s, -2s), 0ns);
  EXPECT_EQ(saturating_add(0ns, nanoseconds::min()), 0ns);
  EXPECT_EQ(saturating_add(nanoseconds::min(), nanoseconds::min()), 0ns);
  EXPECT_EQ(saturating_since(1s, 3s), 0ns);
  EXPECT_EQ(saturating_since(3s, 1s), 2s);
  EXPECT_EQ(saturating_since(never, nanoseconds::min()), never);
}

}  // namespace
}  // namespace evt::contract
