/// Moving a pending timer in place.
#include "contract/timing.hpp"

#include <deque>
#include <random>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(TimerReset);

TEST_P(TimerReset, ToEarlierFiresEarlier) {
  std::vector<std::string> order;
  Timer moved(loop());
  Timer other(loop());
  TimerRecorder moved_fired(order, "moved");
  TimerRecorder other_fired(order, "other");
  moved.after(1h, bind(moved_fired));
  other.after(4ms, bind(other_fired));
  ASSERT_TRUE(moved.reset(1ms));
  EXPECT_EQ(moved.deadline(), loop().now() + 1ms);
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(order, (std::vector<std::string>{"moved", "other"}));
}

TEST_P(TimerReset, ToLaterFiresLaterAndOnce) {
  std::vector<std::string> order;
  Timer moved(loop());
  Timer other(loop());
  TimerRecorder moved_fired(order, "moved");
  TimerRecorder other_fired(order, "other");
  moved_fired.then = [&] {
    EXPECT_GE(time_of(loop()), moved.deadline());
    return Action::disarm;
  };
  moved.after(1ms, bind(moved_fired));
  other.after(3ms, bind(other_fired));
  const nanoseconds later = loop().now() + 6ms;
  ASSERT_TRUE(moved.reset_at(later));
  EXPECT_EQ(moved.deadline(), later);
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(order, (std::vector<std::string>{"other", "moved"}));
}

TEST_P(TimerReset, OfAnIdleTimerSaysFalseAndDoesNothing) {
  Timer timer(loop());
  TimerRecorder fired;
  EXPECT_FALSE(timer.reset(1ms));
  EXPECT_FALSE(timer.reset_at(loop().now()));
  EXPECT_TRUE(timer.idle());
  EXPECT_TRUE(is_value(loop().run(), 0));
  timer.after(0ns, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_FALSE(timer.reset(1ms)) << "idle again";
  EXPECT_EQ(loop().next_deadline(), never);
}

TEST_P(TimerReset, OfADueTimerSaysFalseAndItFires) {
  Timer first(loop());
  Timer due(loop());
  TimerRecorder first_fired;
  TimerRecorder due_fired;
  bool moved = true;
  first_fired.then = [&] {
    moved = due.reset(1h);
    return Action::disarm;
  };
  first.after(0ns, bind(first_fired));
  due.after(0ns, bind(due_fired));
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_FALSE(moved);
  EXPECT_EQ(due_fired.calls, 1);
}

TEST_P(TimerReset, OfACancelledTimerSaysFalse) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  timer.cancel();
  EXPECT_FALSE(timer.reset(1h));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_TRUE(failed_with(fired, Errc::canceled));
}

TEST_P(TimerReset, InACallbackMovesAnotherTimer) {
  Timer pusher(loop());
  Timer pushed(loop());
  TimerRecorder pushes;
  TimerRecorder fired;
  pushes.then = [&] {
    EXPECT_TRUE(pushed.reset(60ms));
    return pushes.calls < 10 ? Action::rearm : Action::disarm;
  };
  pusher.after(10ms, bind(pushes));
  pushed.after(60ms, bind(fired));
  ASSERT_TRUE(run_until_called(pushes, 10));
  EXPECT_EQ(fired.calls, 0) << "an idle timeout pushed ahead of itself never fires";
  ASSERT_TRUE(run_until_called(fired));
}

TEST_P(TimerReset, ManyRandomMovesKeepTheOrder) {
  constexpr int count = 500;
  std::mt19937 random(11);
  std::deque<Timer> timers;
  nanoseconds last = 0ns;
  int fired = 0;
  auto on_timer = [&](Timer& timer) {
    EXPECT_GE(timer.deadline(), last);
    last = timer.deadline();
    ++fired;
  };
  const nanoseconds start = loop().now();
  const auto somewhen = [&] { return start + std::chrono::microseconds(random() % 10'000); };
  for (int each = 0; each < count; ++each)
    timers.emplace_back(loop()).at(somewhen(), bind(on_timer));
  for (int move = 0; move < 4 * count; ++move)
    ASSERT_TRUE(timers[random() % count].reset_at(somewhen()));
  nanoseconds earliest = never;
  for (Timer& timer : timers)
    earliest = std::min(earliest, timer.deadline());
  EXPECT_EQ(loop().next_deadline(), earliest);
  ASSERT_TRUE(is_value(loop().run(), count));
  EXPECT_EQ(fired, count);
}

TEST_P(TimerReset, IsSeenByALongWaitAfterALongWait) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  ASSERT_TRUE(is_value(loop().dispatch(8ms), 0));
  ASSERT_TRUE(timer.reset(12ms));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_GE(time_of(loop()), timer.deadline());
}

TEST_P(TimerReset, OfTheTimerBeingWaitedForIsSeenByTheNextWait) {
  // The engine may keep a deadline armed in the kernel: both directions must reach it.
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(40ms, bind(fired));
  ASSERT_TRUE(loop().dispatch(1ms));
  ASSERT_TRUE(timer.reset(2ms));
  const nanoseconds deadline = timer.deadline();
  ASSERT_TRUE(is_value(loop().run(RunMode::once), 1));
  EXPECT_LT(loop().now(), deadline + 30ms);
  timer.after(1ms, bind(fired));
  ASSERT_TRUE(loop().dispatch(0ns));
  if (fired.calls == 1) {
    ASSERT_TRUE(timer.reset(20ms));
  }
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(fired.calls, 2);
  EXPECT_GE(time_of(loop()), timer.deadline());
}

}  // namespace
}  // namespace evt::contract
