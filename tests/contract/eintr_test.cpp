/// Signals that arrive while the loop waits or is in a system call: nothing notices.
#include "contract/timing.hpp"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace evt::contract {
namespace {

std::atomic<int> signals_seen{0};

/// Interrupts the thread that makes it about ten thousand times a second, without SA_RESTART, as long as it lives.
class SignalRain {
 public:
  SignalRain() {
    signals_seen = 0;
    struct sigaction action{};
    action.sa_handler = [](int) { signals_seen.fetch_add(1, std::memory_order_relaxed); };
    sigaction(SIGUSR2, &action, &before_);
    cloud_ = std::jthread([target = pthread_self()](const std::stop_token& over) {
      while (!over.stop_requested()) {
        pthread_kill(target, SIGUSR2);
        // A pace, not a wait for anything.
        std::this_thread::sleep_for(100us);
      }
    });
  }
  ~SignalRain() {
    cloud_.request_stop();
    cloud_.join();
    sigaction(SIGUSR2, &before_, nullptr);
  }
  SignalRain(const SignalRain&) = delete;
  SignalRain& operator=(const SignalRain&) = delete;

 private:
  struct sigaction before_{};
  std::jthread cloud_;
};

EVT_CONTRACT_SUITE(Interruptions);

TEST_P(Interruptions, DoNotEndAWaitForATimerEarly) {
  const SignalRain rain;
  for (int round = 0; round < 5; ++round) {
    Timer timer(loop());
    TimerRecorder fired;
    timer.after(20ms, bind(fired));
    ASSERT_TRUE(is_value(loop().run(RunMode::once), 1)) << "once is not over before a callback ran";
    EXPECT_GE(time_of(loop()), timer.deadline());
  }
  EXPECT_TRUE(simulated() || signals_seen.load() > 0);
}

TEST_P(Interruptions, DoNotHurtDataInBothDirections) {
  const SignalRain rain;
  PipeEnds pipe = make_small_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest writer(source);
  IoRequest reader(target);
  IoRecorder written;
  IoRecorder read;
  const std::string data = pattern(2'000'000);
  std::string got(data.size(), '\0');
  writer.write(bytes_of(data), bind(written));
  reader.read_exact(space_of(got), bind(read));
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_TRUE(completed_with(written, data.size()));
  EXPECT_TRUE(completed_with(read, data.size()));
  EXPECT_TRUE(got == data);
}

TEST_P(Interruptions, DoNotFailFilesNorPoolWork) {
  const SignalRain rain;
  const std::string data = pattern(3'000'000);
  const Fd stored = make_file(data);
  File file(loop(), File::borrow(stored.get()));
  IoRequest reader(file);
  IoRequest syncer(file);
  IoRecorder read;
  IoRecorder synced;
  std::string got(data.size(), '\0');
  for (int round = 0; round < 10; ++round) {
    reader.pread(space_of(got).subspan(0, 300'000), 0, bind(read));
    syncer.fsync(bind(synced));
    ASSERT_TRUE(is_value(loop().run(), 2));
    EXPECT_TRUE(read.result->has_value());
    EXPECT_TRUE(synced.result->has_value()) << synced.result->error().message();
  }
}

TEST_P(Interruptions, DoNotMakeADispatchShort) {
  const SignalRain rain;
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  const nanoseconds start = time_of(loop());
  std::size_t ran = 0;
  int dispatches = 0;
  while (time_of(loop()) - start < 50ms) {
    auto turn = loop().dispatch(50ms - (time_of(loop()) - start));
    ASSERT_TRUE(turn) << "EINTR is nobody's error";
    ran += *turn;
    ++dispatches;
  }
  EXPECT_EQ(ran, 0U);
  EXPECT_GT(dispatches, 0);
  EXPECT_EQ(read.calls, 0);
}

TEST_P(Interruptions, DoNotLeaveACancelSyncUnfinished) {
  const SignalRain rain;
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRecorder none;
  std::string buffer(8, '\0');
  for (int round = 0; round < 300; ++round) {
    IoRequest request(file);
    request.read(space_of(buffer), bind(none));
    if (round % 2 == 0) turns(1);
    EXPECT_FALSE(request.cancel_sync().has_value());
    EXPECT_TRUE(request.idle());
  }
  EXPECT_EQ(none.calls, 0);
}

}  // namespace
}  // namespace evt::contract
