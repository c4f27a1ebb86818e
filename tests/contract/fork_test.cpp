/// fork(2): a child notices that the loop is its parent's, leaves it alone, and gets one of its own with after_fork().
#include "contract/child.hpp"
#include "contract/timing.hpp"

#include <unistd.h>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Forked);

TEST_P(Forked, AChildIsToldAndRunsNothing) {
  Nop nop(loop());
  VoidRecorder done;
  nop.submit(bind(done));
  EXPECT_TRUE(in_child([&] {
    for (const RunMode mode : {RunMode::no_wait, RunMode::once, RunMode::until_done}) {
      auto ran = loop().run(mode);
      EXPECT_FALSE(ran);
      EXPECT_TRUE(is_error(ran.error(), Errc::forked));
    }
    auto ran = loop().dispatch(0ns);
    EXPECT_FALSE(ran);
    EXPECT_TRUE(is_error(ran.error(), Errc::forked));
    EXPECT_EQ(done.calls, 0);
  }));
  EXPECT_TRUE(is_value(loop().run(), 1)) << "and the parent goes on";
}

/// One pipe with a read pending on it.
struct PendingRead {
  explicit PendingRead(Loop& loop) : pipe(make_pipe()), file(loop, File::borrow(pipe.read.get())), request(file) {
    request.read(space_of(buffer), bind(read));
  }
  PipeEnds pipe;
  File file;
  IoRecorder read;
  std::string buffer = std::string(8, '\0');
  IoRequest request;
};

TEST_P(Forked, AChildThatDestroysTheLoopDoesNotDisturbItsParent) {
  PendingRead pending(loop());
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(10ms, bind(fired));
  turns(2);  // With the kernel by now.
  EXPECT_TRUE(in_child([&] {
    destroy_loop();
    EXPECT_EQ(pending.read.calls, 0);
    const Ticket refused = pending.request.read(space_of(pending.buffer), bind(pending.read));
    EXPECT_FALSE(refused);
  }));
  EXPECT_EQ(turns(2), 0U) << "the child cancelled what is ours";
  feed(pending.pipe.write, "parent");
  ASSERT_TRUE(run_until([&] { return pending.read.calls > 0 && fired.calls > 0; }));
  EXPECT_TRUE(completed_with(pending.read, 6));
  EXPECT_EQ(pending.buffer.substr(0, 6), "parent");
}

TEST_P(Forked, AChildThatDestroysRequestsAndFilesDoesNotDisturbItsParent) {
  auto pending = std::make_unique<PendingRead>(loop());
  turns(2);
  EXPECT_TRUE(in_child([&] {
    pending->request.cancel_sync();
    EXPECT_TRUE(pending->request.idle());
    pending.reset();
  }));
  feed(pending->pipe.write, "parent");
  ASSERT_TRUE(run_until_called(pending->read));
  EXPECT_TRUE(completed_with(pending->read, 6));
}

TEST_P(Forked, AfterForkMakesTheLoopTheChilds) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  PendingRead known(loop());
  turns(2);
  feed(known.pipe.write, "before");
  ASSERT_TRUE(run_until_called(known.read));
  PendingRead pending(loop());
  turns(2);
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    ASSERT_TRUE(run_until_called(pending.read));
    EXPECT_TRUE(failed_with(pending.read, Errc::canceled)) << "it goes on in the parent";
    PendingRead own(loop());
    turns(2);
    feed(own.pipe.write, "child");
    ASSERT_TRUE(run_until_called(own.read));
    EXPECT_TRUE(completed_with(own.read, 5));
    known.request.read(space_of(known.buffer), bind(known.read));
    turns(2);
    feed(known.pipe.write, "after");
    ASSERT_TRUE(run_until_called(known.read, 2));
    EXPECT_TRUE(is_value(*known.read.result, 5));
    int posted = 0;
    auto task = [&] { ++posted; };
    EXPECT_TRUE(loop().post(bind(task)));
    EXPECT_TRUE(loop().run(RunMode::once));
    EXPECT_EQ(posted, 1);
  }));
  feed(pending.pipe.write, "parent");
  ASSERT_TRUE(run_until_called(pending.read));
  EXPECT_TRUE(completed_with(pending.read, 6));
}

TEST_P(Forked, TimersGoOnInTheChildAndInTheParent) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  Timer timer(loop());
  Timer wall(loop(), Clock::realtime);
  TimerRecorder fired;
  TimerRecorder wall_fired;
  timer.after(10ms, bind(fired));
  wall.after(12ms, bind(wall_fired));
  turns(2);
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    EXPECT_TRUE(is_value(loop().run(), 2));
    EXPECT_TRUE(is_value(*fired.result, 1));
    EXPECT_TRUE(is_value(*wall_fired.result, 1));
  }));
  EXPECT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(fired.calls, 1);
  EXPECT_EQ(wall_fired.calls, 1);
}

TEST_P(Forked, AfterForkKeepsTheBackend) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    EXPECT_EQ(loop().backend(), GetParam());
    EXPECT_TRUE(is_value(loop().run(), 0));
  }));
}

TEST_P(Forked, AFileReadBeforeIsReadByTheChildThroughItsOwnLoop) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  PendingRead pending(loop());
  feed(pending.pipe.write, "before");
  ASSERT_TRUE(run_until_called(pending.read));
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    pending.request.read(space_of(pending.buffer), bind(pending.read));
    turns(2);
    feed(pending.pipe.write, "after");
    ASSERT_TRUE(run_until_called(pending.read, 2));
    EXPECT_TRUE(is_value(*pending.read.result, 5));
  }));
}

}  // namespace
}  // namespace evt::contract
