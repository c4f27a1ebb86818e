/// Tickets: cancelling one activation of a request from any thread.
#include "contract/timing.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Tickets);

TEST_P(Tickets, CancelAReadFromAnotherThread) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  const Ticket ticket = request.read(space_of(buffer), bind(read));
  ASSERT_TRUE(ticket);
  std::jthread canceller([&] { EXPECT_TRUE(loop().request_cancel(ticket)); });
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(failed_with(read, Errc::canceled));
}

TEST_P(Tickets, AStaleOneDoesNotTouchTheNextActivation) {
  Timer timer(loop());
  TimerRecorder fired;
  const Ticket stale = timer.after(0ns, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 1));
  const Ticket current = timer.after(5ms, bind(fired));
  ASSERT_TRUE(loop().request_cancel(stale));
  ASSERT_TRUE(loop().run());
  ASSERT_EQ(fired.calls, 2);
  EXPECT_TRUE(is_value(*fired.result, 1)) << "a stale ticket did something";
  ASSERT_TRUE(loop().request_cancel(current));
  turns(2);
  EXPECT_EQ(fired.calls, 2);
}

TEST_P(Tickets, OfARearmedActivationIsStale) {
  Timer timer(loop());
  TimerRecorder fired;
  fired.then = [&] { return fired.calls < 2 ? Action::rearm : Action::disarm; };
  const Ticket first = timer.after(2ms, bind(fired));
  ASSERT_TRUE(run_until_called(fired));
  ASSERT_TRUE(loop().request_cancel(first));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(fired.calls, 2);
  EXPECT_TRUE(is_value(*fired.result, 1));
}

TEST_P(Tickets, OfADestroyedRequestDoesNothingToItsSuccessor) {
  TimerRecorder fired;
  Ticket dead;
  {
    Timer timer(loop());
    dead = timer.after(1h, bind(fired));
  }
  Timer successor(loop());  // Likely in the same slot.
  successor.after(2ms, bind(fired));
  ASSERT_TRUE(loop().request_cancel(dead));
  ASSERT_TRUE(loop().run());
  ASSERT_EQ(fired.calls, 1);
  EXPECT_TRUE(is_value(*fired.result, 1));
}

TEST_P(Tickets, AnEmptyOneDoesNothing) {
  const Ticket none;
  EXPECT_FALSE(none);
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1ms, bind(fired));
  (void)loop().request_cancel(none);
  ASSERT_TRUE(loop().run());
  ASSERT_EQ(fired.calls, 1);
  EXPECT_TRUE(is_value(*fired.result, 1));
}

TEST_P(Tickets, ARefusedSubmissionSaysWhy) {
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(1h, bind(fired));
  const Ticket busy = timer.after(1h, bind(fired));
  EXPECT_FALSE(busy);
  EXPECT_TRUE(is_error(busy.error(), Errc::busy));
  ASSERT_FALSE(timer.cancel_sync().has_value());
  destroy_loop();
  const Ticket orphan = timer.after(1h, bind(fired));
  EXPECT_FALSE(orphan);
  EXPECT_TRUE(is_error(orphan.error(), Errc::no_loop));
  EXPECT_EQ(fired.calls, 0);
}

TEST_P(Tickets, GenerationsNeverRepeatInALoop) {
  Nop nop(loop());
  VoidRecorder done;
  std::uint64_t last = 0;
  for (int each = 0; each < 100; ++each) {
    nop.submit(bind(done));
    EXPECT_GT(nop.generation(), last);
    last = nop.generation();
    ASSERT_TRUE(is_value(loop().run(), 1));
  }
}

/// A target that is submitted again and again while other threads cancel whatever activation they last heard of.
struct Race {
  explicit Race(Loop& loop) : timer(loop) {}
  void start() {
    const std::lock_guard lock(mutex);
    ticket = timer.after(std::chrono::microseconds(rounds % 3 == 0 ? 0 : 20), bind<&Race::on_timer>(*this));
    busy = true;
  }
  void on_timer(Timer&, const Result<std::uint64_t>& result) {
    EXPECT_TRUE(busy) << "completed twice";
    busy = false;
    if (result) {
      ++fired;
    } else {
      ++canceled;
      EXPECT_TRUE(is_error(result.error(), Errc::canceled));
    }
    if (--rounds > 0) {
      start();
    } else {
      over = true;
    }
  }
  Timer timer;
  std::mutex mutex;
  Ticket ticket;
  bool busy = false;
  int rounds = 2000;
  int fired = 0;
  int canceled = 0;
  std::atomic<bool> over{false};
};

TEST_P(Tickets, RacingWithCompletionsEndEachActivationOnce) {
  Race race(loop());
  race.start();
  std::vector<std::jthread> cancellers;
  for (int thread = 0; thread < 2; ++thread) {
    cancellers.emplace_back([&] {
      while (!race.over) {
        Ticket ticket;
        {
          const std::lock_guard lock(race.mutex);
          ticket = race.ticket;
        }
        (void)loop().request_cancel(ticket);  // ENOBUFS is allowed.
        std::this_thread::yield();
      }
    });
  }
  ASSERT_TRUE(loop().run());
  cancellers.clear();
  EXPECT_EQ(race.fired + race.canceled, 2000);
}

TEST_P(Tickets, FailWithENOBUFSWhenTooManyWait) {
  remake_loop({.post_capacity = 4});
  Timer timer(loop());
  TimerRecorder fired;
  const Ticket ticket = timer.after(1h, bind(fired));
  int accepted = 0;
  while (accepted < 100 && loop().request_cancel(ticket))
    ++accepted;
  EXPECT_EQ(accepted, 4);
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(failed_with(fired, Errc::canceled));
}

}  // namespace
}  // namespace evt::contract
