/// Embedding: another event loop, here a plain poll(2), drives ours by prepare(), fd() and run(no_wait).
#include "contract/timing.hpp"

#include <poll.h>

#include <latch>
#include <thread>

namespace evt::contract {
namespace {

class Embedding : public Contract {
 protected:
  /// What the host's loop does once: sleeps as long as prepare() allows, or until fd() is readable, then one turn.
  /// A simulated clock does not move by itself: there the host does not sleep through a deadline.
  std::size_t host_turn() {
    const nanoseconds timeout = loop().prepare();
    EXPECT_GE(timeout, 0ns);
    if (!simulated() || timeout == never) slept_ = wait_readable(timeout == never ? nanoseconds(10s) : timeout);
    if (simulated() && timeout != never) {
      auto ran = loop().dispatch(timeout);
      EXPECT_TRUE(ran);
      return ran.value_or(0);
    }
    auto ran = loop().run(RunMode::no_wait);
    EXPECT_TRUE(ran);
    return ran.value_or(0);
  }

  /// True when fd() became readable before `timeout` was over.
  bool wait_readable(nanoseconds timeout) {
    const timespec limit{.tv_sec = timeout / 1s, .tv_nsec = (timeout % nanoseconds(1s)).count()};
    pollfd entry{.fd = loop().fd(), .events = POLLIN, .revents = 0};
    return ppoll(&entry, 1, &limit, nullptr) == 1;
  }

  bool slept_ = false;
};
INSTANTIATE_TEST_SUITE_P(Backends, Embedding, testing::ValuesIn(backends()), backend_name);

TEST_P(Embedding, PrepareSaysHowLongUntilTheNextDeadline) {
  EXPECT_EQ(loop().prepare(), never);
  Timer timer(loop());
  TimerRecorder none;
  timer.after(1h, bind(none));
  EXPECT_LE(loop().prepare(), 1h);
  EXPECT_GT(loop().prepare(), 59min);
  Timer due(loop());
  due.after(0ns, bind(none));
  EXPECT_EQ(loop().prepare(), 0ns);
  turns(2);
}

TEST_P(Embedding, PrepareDoesNotSleepOverWhatIsReadyAlready) {
  int ran = 0;
  auto task = [&] { ++ran; };
  ASSERT_TRUE(loop().post(bind(task)));
  EXPECT_EQ(loop().prepare(), 0ns);
  turns(1);
  loop().defer(bind(task));
  EXPECT_EQ(loop().prepare(), 0ns);
  turns(1);
  EXPECT_EQ(ran, 2);
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  timer.cancel();
  EXPECT_EQ(loop().prepare(), 0ns) << "a completion waits for its callback";
  turns(1);
  EXPECT_EQ(fired.calls, 1);
}

TEST_P(Embedding, APollDrivenLoopReadsWritesAndKeepsTime) {
  PipeEnds pipe = make_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest reader(target);
  IoRequest writer(source);
  IoRecorder read;
  IoRecorder written;
  Timer timer(loop());
  TimerRecorder fired;
  std::string buffer(4, '\0');
  std::size_t callbacks = 0;
  reader.read(space_of(buffer), bind(read));
  fired.then = [&] {
    writer.write(bytes_of("ping"), bind(written));
    return Action::disarm;
  };
  timer.after(5ms, bind(fired));
  for (int turn = 0; turn < 50 && read.calls == 0; ++turn)
    callbacks += host_turn();
  EXPECT_TRUE(completed_with(read, 4));
  EXPECT_TRUE(completed_with(written, 4));
  EXPECT_EQ(buffer, "ping");
  EXPECT_EQ(callbacks, 3U);
}

/// No turn runs between prepare() and poll(): what was submitted must be with the kernel by then.
TEST_P(Embedding, PrepareSubmitsSoThatTheDescriptorTells) {
  PipeEnds pipe = make_pipe();
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest reader(target);
  IoRecorder read;
  std::string buffer(4, '\0');
  reader.read(space_of(buffer), bind(read));
  loop().prepare();
  EXPECT_FALSE(wait_readable(0ns)) << "nothing happened yet";
  feed(pipe.write, "data");
  EXPECT_TRUE(wait_readable(10s));
  for (int turn = 0; turn < 5 && read.calls == 0; ++turn)
    host_turn();
  EXPECT_TRUE(completed_with(read, 4));
}

TEST_P(Embedding, TheDescriptorTellsOfANop) {
  Nop nop(loop());
  VoidRecorder done;
  nop.submit(bind(done));
  const nanoseconds timeout = loop().prepare();
  EXPECT_TRUE(timeout == 0ns || wait_readable(10s));
  turns(1);
  EXPECT_EQ(done.calls, 1);
}

TEST_P(Embedding, APostFromAnotherThreadMakesTheDescriptorReadable) {
  for (int round = 0; round < 20; ++round) {
    int ran = 0;
    auto task = [&] { ++ran; };
    ASSERT_EQ(loop().prepare(), never);
    std::jthread poster([&] { EXPECT_TRUE(loop().post(bind(task))); });
    EXPECT_TRUE(wait_readable(10s));
    poster.join();
    turns(1);
    EXPECT_EQ(ran, 1);
  }
  EXPECT_EQ(loop().prepare(), never);
  EXPECT_FALSE(wait_readable(0ns)) << "old wake-ups are used up, or the host would spin";
}

TEST_P(Embedding, DataFromAnotherThreadMakesTheDescriptorReadable) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  Reader reader(file, 4);
  for (int round = 1; round <= 5; ++round) {
    ASSERT_TRUE(reader.read());
    ASSERT_EQ(loop().prepare(), never);
    std::jthread feeder([&] { feed(pipe.write, "data"); });
    EXPECT_TRUE(wait_readable(10s)) << "in round " << round;
    feeder.join();
    ASSERT_TRUE(run_until_called(reader.done, round));
  }
}

TEST_P(Embedding, StopFromAnotherThreadMakesTheDescriptorReadable) {
  ASSERT_EQ(loop().prepare(), never);
  std::jthread stopper([&] { loop().stop(); });
  EXPECT_TRUE(wait_readable(10s));
  stopper.join();
  EXPECT_TRUE(loop().stopped());
  EXPECT_EQ(loop().prepare(), 0ns) << "a stopped loop does not let its host sleep";
}

TEST_P(Embedding, ADeadlineOfAnotherClockIsToldToo) {
  Timer wall(loop(), Clock::realtime);
  TimerRecorder fired;
  wall.after(5ms, bind(fired));
  for (int turn = 0; turn < 20 && fired.calls == 0; ++turn)
    host_turn();
  EXPECT_EQ(fired.calls, 1);
}

TEST_P(Embedding, ADeadlineThatMovedIsToldByTheNextPrepare) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  loop().prepare();
  timer.reset(3ms);
  EXPECT_LE(loop().prepare(), 3ms);
  for (int turn = 0; turn < 20 && fired.calls == 0; ++turn)
    host_turn();
  EXPECT_EQ(fired.calls, 1);
}

TEST_P(Embedding, ALoopRunsInsideAnotherLoop) {
  auto inner = make_loop();
  ASSERT_TRUE(inner);
  File watched(loop(), File::borrow(inner->fd()));
  IoRequest watcher(watched);
  IoRecorder ready;
  Wake wake(*inner);
  VoidRecorder woken;
  wake.wait(bind(woken));
  ready.then = [&] {
    EXPECT_TRUE(inner->run(RunMode::no_wait));
    inner->prepare();
    return woken.calls == 0 ? Action::rearm : Action::disarm;
  };
  inner->prepare();
  watcher.readable(bind(ready));
  std::jthread notifier([&] { wake.notify(); });
  ASSERT_TRUE(run_until_called(ready));
  ASSERT_TRUE(run_until([&] { return woken.calls == 1; }));
}

}  // namespace
}  // namespace evt::contract
