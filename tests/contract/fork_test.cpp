/// fork(2): a child notices that the loop is its parent's, leaves it alone, and gets one of its own with after_fork().
#include "contract/child.hpp"
#include "contract/timing.hpp"

#include <poll.h>
#include <unistd.h>

#include <thread>

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
  turns(2);  // The timer may be due by now.
  EXPECT_EQ(pending.read.calls, 0) << "the child cancelled what is ours";
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

/// Whether `fd` is readable now.
bool readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&entry, 1, 0) == 1;
}

TEST_P(Forked, ThreadsOfTheChildWakeItsLoopAndNotTheParents) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  Wake wake(loop());
  VoidRecorder woken;
  wake.ref();
  wake.wait(bind(woken));
  turns(2);
  loop().prepare();  // From here on a notification goes to the kernel.
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    for (int round = 1; round <= 3; ++round) {
      std::jthread notifier([&] { wake.notify(); });
      ASSERT_TRUE(run_until_called(woken, round));
      wake.wait(bind(woken));
    }
    wake.cancel_sync();
  }));
  EXPECT_EQ(turns(2), 0U);
  EXPECT_EQ(woken.calls, 0);
  wake.notify();
  EXPECT_TRUE(is_value(loop().run(), 1));
}

TEST_P(Forked, TheDescriptorForAHostIsTheChildsOwnAfterwards) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  ASSERT_GE(loop().fd(), 0);
  loop().prepare();
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    ASSERT_GE(loop().fd(), 0);
    turns(2);
    EXPECT_EQ(loop().prepare(), never);
    EXPECT_FALSE(readable(loop().fd()));
    int posted = 0;
    auto task = [&] { ++posted; };
    ASSERT_TRUE(loop().post(bind(task)));
    EXPECT_TRUE(readable(loop().fd()));
    turns(2);
    EXPECT_EQ(posted, 1);
  }));
  EXPECT_FALSE(readable(loop().fd())) << "the child's post was told to the parent";
}

TEST_P(Forked, AfterForkOfOneLoopTheOthersStayTheParents) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  auto other = make_loop();
  ASSERT_TRUE(other);
  PendingRead pending(*other);
  ASSERT_TRUE(other->run(RunMode::no_wait));
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    EXPECT_TRUE(is_value(loop().run(), 0));
    auto ran = other->run(RunMode::no_wait);
    ASSERT_FALSE(ran);
    EXPECT_TRUE(is_error(ran.error(), Errc::forked));
    other = std::unexpected(Error{});
    EXPECT_EQ(pending.read.calls, 0);
  }));
  feed(pending.pipe.write, "parent");
  ASSERT_TRUE(is_value(other->run(), 1));
  EXPECT_TRUE(completed_with(pending.read, 6));
}

TEST_P(Forked, APoolHasThreadsAgainInTheChild) {
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "TSan lets no child of a process with threads start any";
#endif
  ThreadPool pool(1);
  Work work(loop(), pool);
  VoidRecorder done;
  int runs = 0;
  auto job = [&] { ++runs; };
  work.run(bind(job), bind(done));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_TRUE(in_child([&] {
    ASSERT_TRUE(loop().after_fork());
    work.run(bind(job), bind(done));
    ASSERT_TRUE(run_until_called(done, 2));
    EXPECT_EQ(runs, 2);
  }));
  work.run(bind(job), bind(done));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace evt::contract
