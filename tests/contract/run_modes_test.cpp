/// The ways of running a loop: one turn, until something happened, until nothing is left, and what counts as left.
#include "contract/timing.hpp"

#include <deque>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(RunModes);

TEST_P(RunModes, AnEmptyLoopReturnsAtOnceWithNothing) {
  EXPECT_TRUE(is_value(loop().run(RunMode::until_done), 0));
  EXPECT_TRUE(is_value(loop().run(RunMode::no_wait), 0));
  EXPECT_TRUE(is_value(loop().run(RunMode::once), 0)) << "nothing can ever happen: waiting would be for ever";
}

TEST_P(RunModes, NoWaitDoesNotWait) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  Timer timer(loop());
  IoRecorder read;
  TimerRecorder fired;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  timer.after(1h, bind(fired));
  const nanoseconds start = read_clock(Clock::monotonic);
  EXPECT_EQ(turns(10), 0U);
  EXPECT_LT(read_clock(Clock::monotonic) - start, 5s);
  EXPECT_EQ(fired.calls, 0);
  feed(pipe.write, "here");
  ASSERT_TRUE(run_until_called(read));
  EXPECT_TRUE(completed_with(read, 4));
}

TEST_P(RunModes, OnceWaitsUntilACallbackRan) {
  Timer first(loop());
  Timer second(loop());
  TimerRecorder fired;
  TimerRecorder none;
  first.after(5ms, bind(fired));
  second.after(1h, bind(none));
  ASSERT_TRUE(is_value(loop().run(RunMode::once), 1));
  EXPECT_EQ(fired.calls, 1);
  EXPECT_FALSE(second.idle());
}

TEST_P(RunModes, UntilDoneRunsWhateverCallbacksStart) {
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] { return done.calls < 50 ? Action::rearm : Action::disarm; };
  nop.submit(bind(done));
  EXPECT_TRUE(is_value(loop().run(), 50));
  EXPECT_TRUE(nop.idle());
}

TEST_P(RunModes, AnUnreferencedRequestDoesNotKeepUntilDoneGoing) {
  Timer timer(loop());
  TimerRecorder none;
  timer.after(1h, bind(none));
  EXPECT_TRUE(timer.referenced());
  timer.unref();
  EXPECT_FALSE(timer.referenced());
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_FALSE(timer.idle());
  EXPECT_EQ(none.calls, 0);
}

TEST_P(RunModes, RefAndUnrefTakeEffectWhileBusyAndAreIdempotent) {
  Timer kept(loop());
  Timer helper(loop());
  TimerRecorder fired;
  TimerRecorder helped;
  kept.unref();
  kept.unref();
  kept.after(20ms, bind(fired));
  helped.then = [&] {
    kept.ref();
    kept.ref();
    return Action::disarm;
  };
  helper.after(1ms, bind(helped));
  EXPECT_TRUE(is_value(loop().run(), 2)) << "referenced in time, it is waited for";
  // Idle, then both ways again: the count of references came out even.
  kept.unref();
  kept.after(1h, bind(fired));
  EXPECT_TRUE(is_value(loop().run(), 0));
  ASSERT_FALSE(kept.cancel_sync().has_value());
  kept.ref();
  EXPECT_TRUE(is_value(loop().run(), 0)) << "an idle request keeps nothing going";
}

TEST_P(RunModes, AnUnreferencedRequestStillRunsWhileOthersKeepTheLoop) {
  Timer quiet(loop());
  Timer last(loop());
  TimerRecorder quiet_fired;
  TimerRecorder last_fired;
  quiet.unref();
  quiet.after(1ms, bind(quiet_fired));
  last.after(10ms, bind(last_fired));
  EXPECT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(quiet_fired.calls, 1);
}

TEST_P(RunModes, ADestroyedReferencedRequestNoLongerKeepsTheLoop) {
  TimerRecorder none;
  {
    Timer timer(loop());
    timer.after(1h, bind(none));
  }
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_EQ(none.calls, 0);
}

TEST_P(RunModes, ANestedRunIsRefused) {
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] {
    for (const RunMode mode : {RunMode::no_wait, RunMode::once, RunMode::until_done}) {
      auto nested = loop().run(mode);
      EXPECT_FALSE(nested);
      if (!nested) {
        EXPECT_TRUE(is_error(nested.error(), Errc::busy));
      }
    }
    auto nested = loop().dispatch(0ns);
    EXPECT_FALSE(nested);
    return Action::disarm;
  };
  nop.submit(bind(done));
  EXPECT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(done.calls, 1);
  EXPECT_TRUE(is_value(loop().run(), 0)) << "and the loop runs on";
}

TEST_P(RunModes, TwoLoopsNestInEachOther) {
  auto inner = make_loop();
  ASSERT_TRUE(inner);
  Nop outer_nop(loop());
  VoidRecorder outer_done;
  VoidRecorder inner_done;
  outer_done.then = [&] {
    Nop inner_nop(*inner);
    inner_nop.submit(bind(inner_done));
    EXPECT_TRUE(is_value(inner->run(), 1));
    return Action::disarm;
  };
  outer_nop.submit(bind(outer_done));
  EXPECT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(inner_done.calls, 1);
}

TEST_P(RunModes, DispatchWaitsAtMostItsTimeout) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  const nanoseconds start = time_of(loop());
  EXPECT_TRUE(is_value(loop().dispatch(20ms), 0));
  const nanoseconds took = time_of(loop()) - start;
  EXPECT_GE(took, 20ms);
  EXPECT_LT(took, 5s);
  EXPECT_TRUE(is_value(loop().dispatch(-1s), 0)) << "a negative timeout does not wait";
  feed(pipe.write, "here");
  ASSERT_TRUE(run_until_called(read));
  EXPECT_TRUE(completed_with(read, 4));
}

TEST_P(RunModes, DispatchReturnsAsSoonAsSomethingHappened) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(2ms, bind(fired));
  std::size_t ran = 0;
  const nanoseconds start = time_of(loop());
  while (ran == 0) {
    auto turn = loop().dispatch(10s);
    ASSERT_TRUE(turn);
    ran += *turn;
  }
  EXPECT_EQ(ran, 1U);
  EXPECT_LT(time_of(loop()) - start, 8s);
}

TEST_P(RunModes, RunCountsEveryCallbackOnce) {
  std::deque<Nop> nops;
  std::deque<VoidRecorder> done;
  for (int each = 0; each < 300; ++each) {
    nops.emplace_back(loop()).submit(bind(done.emplace_back()));
  }
  std::size_t counted = 0;
  for (int turn = 0; turn < 200 && counted < 300; ++turn) {
    auto ran = loop().run(RunMode::no_wait);
    ASSERT_TRUE(ran);
    counted += *ran;
    std::size_t called = 0;
    for (const auto& each : done)
      called += static_cast<std::size_t>(each.calls);
    EXPECT_EQ(called, counted);
  }
  EXPECT_EQ(counted, 300U);
}

TEST_P(RunModes, AMovedLoopStillRunsItsRequests) {
  auto made = make_loop();
  ASSERT_TRUE(made);
  Nop nop(*made);
  VoidRecorder done;
  nop.submit(bind(done));
  Loop moved = std::move(*made);
  EXPECT_TRUE(is_value(moved.run(), 1));
  EXPECT_EQ(done.calls, 1);
}

}  // namespace
}  // namespace evt::contract
