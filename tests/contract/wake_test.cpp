/// Wake: notifications from any thread and from signal handlers, coalesced and never lost.
#include "contract/timing.hpp"

#include <atomic>
#include <csignal>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Wakes);

TEST_P(Wakes, ManyNotificationsAreOneCompletion) {
  Wake wake(loop());
  VoidRecorder woken;
  wake.wait(bind(woken));
  for (int each = 0; each < 100; ++each)
    wake.notify();
  EXPECT_EQ(woken.calls, 0) << "called inline";
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(woken.calls, 1);
  EXPECT_TRUE(wake.idle());
}

TEST_P(Wakes, ANotificationThatNobodyWaitsForIsKept) {
  Wake wake(loop());
  VoidRecorder woken;
  wake.notify();
  turns();
  wake.wait(bind(woken));
  EXPECT_EQ(woken.calls, 0) << "called inline";
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(woken.calls, 1);
  wake.wait(bind(woken));
  EXPECT_EQ(turns(), 0U) << "it was used up";
}

TEST_P(Wakes, AreCompletedInTheOrderOfTheirNotifications) {
  Wake wakes[3]{Wake(loop()), Wake(loop()), Wake(loop())};
  std::vector<std::string> order;
  VoidRecorder woken[3];
  for (std::size_t each = 0; each < 3; ++each) {
    woken[each].order = &order;
    woken[each].name = std::to_string(each);
    wakes[each].wait(bind(woken[each]));
  }
  for (const int each : {2, 0, 1})
    wakes[each].notify();
  EXPECT_EQ(turns(), 3U);
  EXPECT_EQ(order, (std::vector<std::string>{"2", "0", "1"}));
}

TEST_P(Wakes, StartUnreferenced) {
  Wake wake(loop());
  VoidRecorder woken;
  EXPECT_FALSE(wake.referenced());
  wake.wait(bind(woken));
  EXPECT_TRUE(is_value(loop().run(), 0));
  wake.ref();
  wake.notify();
  EXPECT_TRUE(is_value(loop().run(), 1));
}

TEST_P(Wakes, CancelCompletesWithCanceledAndKeepsNothing) {
  Wake wake(loop());
  VoidRecorder woken;
  wake.wait(bind(woken));
  wake.cancel();
  EXPECT_EQ(turns(), 1U);
  EXPECT_TRUE(failed_with(woken, Errc::canceled));
  VoidRecorder again;
  wake.wait(bind(again));
  EXPECT_FALSE(wake.cancel_sync().has_value());
  EXPECT_TRUE(wake.idle());
  EXPECT_EQ(turns(), 0U);
  EXPECT_EQ(again.calls, 0);
}

TEST_P(Wakes, ANotificationDuringTheCallbackIsNotLostByRearm) {
  Wake wake(loop());
  VoidRecorder woken;
  woken.then = [&] {
    if (woken.calls == 1) wake.notify();
    return Action::rearm;
  };
  wake.wait(bind(woken));
  wake.notify();
  turns();
  EXPECT_EQ(woken.calls, 2);
}

/// Each round needs the thread's notification to end the wait, and the thread waits for the round: none may be lost.
TEST_P(Wakes, FromAnotherThreadEndsEveryWait) {
  constexpr int rounds = 500;
  Wake wake(loop());
  wake.ref();
  int plain = 0;  // Not atomic: the notification orders it.
  std::atomic<int> seen{0};
  int callbacks = 0;
  auto on_wake = [&] {
    EXPECT_EQ(plain, callbacks + 1) << "what was written before notify() is visible";
    seen = ++callbacks;
    seen.notify_one();
    return callbacks < rounds ? Action::rearm : Action::disarm;
  };
  wake.wait(bind(on_wake));
  std::jthread notifier([&] {
    for (int round = 0; round < rounds; ++round) {
      plain = round + 1;
      wake.notify();
      seen.wait(round);
    }
  });
  ASSERT_TRUE(is_value(loop().run(), rounds));
  notifier.join();
  EXPECT_EQ(callbacks, rounds);
}

TEST_P(Wakes, ManyThreadsLoseNothing) {
  constexpr int threads = 4;
  constexpr int rounds = 2000;
  Wake wake(loop());
  wake.ref();
  std::atomic<int> produced{0};
  int consumed = 0;
  auto on_wake = [&] {
    consumed += produced.exchange(0);
    return consumed < threads * rounds ? Action::rearm : Action::disarm;
  };
  wake.wait(bind(on_wake));
  std::vector<std::jthread> producers;
  for (int thread = 0; thread < threads; ++thread) {
    producers.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        produced.fetch_add(1);
        wake.notify();
      }
    });
  }
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(consumed, threads * rounds);
  producers.clear();  // Nobody notifies a Wake that is gone.
}

std::atomic<Wake*> handled_wake{nullptr};

TEST_P(Wakes, FromASignalHandlerEndsAWait) {
  Wake wake(loop());
  VoidRecorder woken;
  wake.ref();
  wake.wait(bind(woken));
  handled_wake = &wake;
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int) {
    const int kept = errno;
    errno = 4711;
    handled_wake.load()->notify();
    if (errno != 4711) std::abort();
    errno = kept;
  };
  sigaction(SIGUSR1, &action, &before);
  const pthread_t runner = pthread_self();
  std::jthread sender([&](const std::stop_token& over) {
    while (!over.stop_requested()) {
      pthread_kill(runner, SIGUSR1);
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(is_value(loop().run(), 1));
  sender.request_stop();
  sender.join();
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(Wakes, OfTwoLoopsDoNotMix) {
  auto other = make_loop();
  ASSERT_TRUE(other);
  Wake here(loop());
  Wake there(*other);
  VoidRecorder here_woken;
  VoidRecorder there_woken;
  here.wait(bind(here_woken));
  there.wait(bind(there_woken));
  there.notify();
  EXPECT_EQ(turns(), 0U);
  ASSERT_TRUE(is_value(other->dispatch(1s), 1));
  EXPECT_EQ(here_woken.calls, 0);
  EXPECT_EQ(there_woken.calls, 1);
}

}  // namespace
}  // namespace evt::contract
