/// stop(), stopped() and restart(): from callbacks, threads and signal handlers.
#include "contract/timing.hpp"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <latch>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Stop);

TEST_P(Stop, EndsRunAfterTheCurrentCallbackAndLosesNothing) {
  std::deque<Nop> nops;
  std::deque<VoidRecorder> done;
  int called = 0;  // In whichever order: nops have none, and the simulated engine shows it.
  for (int each = 0; each < 5; ++each) {
    VoidRecorder& recorder = done.emplace_back();
    recorder.then = [this, &called] {
      if (++called == 2) loop().stop();
      return Action::disarm;
    };
    nops.emplace_back(loop()).submit(bind(recorder));
  }
  EXPECT_TRUE(is_value(loop().run(), 2));
  EXPECT_TRUE(loop().stopped());
  EXPECT_EQ(called, 2);
  loop().restart();
  EXPECT_FALSE(loop().stopped());
  EXPECT_TRUE(is_value(loop().run(), 3));
  for (const auto& each : done)
    EXPECT_EQ(each.calls, 1);
}

TEST_P(Stop, AStoppedLoopReturnsNothingUntilRestart) {
  Nop nop(loop());
  VoidRecorder done;
  loop().stop();
  loop().stop();
  nop.submit(bind(done));
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_TRUE(is_value(loop().run(RunMode::once), 0));
  EXPECT_TRUE(is_value(loop().run(RunMode::no_wait), 0));
  EXPECT_TRUE(is_value(loop().dispatch(1h), 0));
  EXPECT_EQ(done.calls, 0);
  loop().restart();
  EXPECT_TRUE(is_value(loop().run(), 1));
}

TEST_P(Stop, FromAnotherThreadEndsAWaitWithoutAnyDeadline) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  for (int round = 0; round < 20; ++round) {
    std::latch begun(1);
    std::jthread stopper([&] {
      begun.wait();
      loop().stop();
    });
    begun.count_down();
    EXPECT_TRUE(is_value(loop().run(), 0));
    EXPECT_TRUE(loop().stopped());
    stopper.join();
    loop().restart();
  }
  EXPECT_EQ(read.calls, 0);
  feed(pipe.write, "still here");
  ASSERT_TRUE(run_until_called(read));
  EXPECT_TRUE(completed_with(read, 8));
}

TEST_P(Stop, BeforeAPostIsRunKeepsThePost) {
  int posted = 0;
  auto task = [&] { ++posted; };
  ASSERT_TRUE(loop().post(bind(task)));
  loop().stop();
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_EQ(posted, 0);
  loop().restart();
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(posted, 1);
}

std::atomic<Loop*> handled_loop{nullptr};

void stop_in_handler(int) {
  const int kept = errno;
  errno = 4711;
  handled_loop.load()->stop();
  if (errno != 4711) std::abort();
  errno = kept;
}

/// Installs a signal handler for the life of the object.
class Handler {
 public:
  Handler(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action{};
    action.sa_handler = handler;
    sigaction(signal_, &action, &before_);
  }
  ~Handler() { sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_{};
};

TEST_P(Stop, FromASignalHandlerEndsAWaitAndKeepsErrno) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  handled_loop = &loop();
  const Handler handler(SIGUSR1, stop_in_handler);
  const pthread_t runner = pthread_self();
  std::jthread sender([&](const std::stop_token& over) {
    // Again and again: the first may come before run() begins, which is a stop too, or be put off by a sanitizer.
    while (!over.stop_requested()) {
      pthread_kill(runner, SIGUSR1);
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_TRUE(loop().stopped());
  sender.request_stop();
  sender.join();
}

}  // namespace
}  // namespace evt::contract
