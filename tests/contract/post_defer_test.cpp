/// post() from any thread and defer() from the loop's: once each, in order, bounded, never inline.
#include "contract/timing.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Posts);

TEST_P(Posts, RunOnceInOrderOnTheLoopsThreadAndNeverInline) {
  std::vector<int> order;
  std::thread::id ran_on;
  struct Job {
    std::vector<int>* order;
    std::thread::id* ran_on;
    int number;
    void run() {
      order->push_back(number);
      *ran_on = std::this_thread::get_id();
    }
  };
  std::deque<Job> jobs;
  for (int each = 0; each < 10; ++each) {
    ASSERT_TRUE(loop().post(bind<&Job::run>(jobs.emplace_back(&order, &ran_on, each))));
  }
  EXPECT_TRUE(order.empty());
  ASSERT_TRUE(is_value(loop().run(), 10)) << "a waiting post keeps until_done going and counts as a callback";
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(is_value(loop().run(), 0));
}

TEST_P(Posts, FailWithENOBUFSWhenFullAndWorkAgainAfterwards) {
  remake_loop({.post_capacity = 5});
  int ran = 0;
  auto task = [&] { ++ran; };
  int accepted = 0;
  Result<void> refused;
  while (accepted < 100 && (refused = loop().post(bind(task))))
    ++accepted;
  EXPECT_EQ(accepted, 8) << "five, rounded up to a power of two";
  ASSERT_FALSE(refused);
  EXPECT_TRUE(is_error(refused.error(), std::errc::no_buffer_space));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(ran, 8);
  EXPECT_TRUE(loop().post(bind(task)));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(ran, 9);
}

/// Posts itself again until told otherwise.
struct Reposting {
  Loop& loop;
  int left;
  int depth = 0;
  int runs = 0;
  void run() {
    EXPECT_EQ(depth++, 0) << "recursion";
    ++runs;
    if (--left > 0) {
      EXPECT_TRUE(loop.post(bind<&Reposting::run>(*this)));
    }
    --depth;
  }
};

TEST_P(Posts, FromAPostRunLaterWithoutRecursion) {
  Reposting task{.loop = loop(), .left = 1000};
  ASSERT_TRUE(loop().post(bind<&Reposting::run>(task)));
  ASSERT_TRUE(is_value(loop().run(), 1000));
  EXPECT_EQ(task.runs, 1000);
}

TEST_P(Posts, ThatPostAgainDoNotStarveARequest) {
  Reposting task{.loop = loop(), .left = 1'000'000'000};
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] {
    task.left = 1;
    return Action::disarm;
  };
  ASSERT_TRUE(loop().post(bind<&Reposting::run>(task)));
  nop.submit(bind(done));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(done.calls, 1);
}

TEST_P(Posts, WakeALoopThatWaitsForEver) {
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  std::atomic<int> echoed{0};
  auto task = [&] {
    echoed.fetch_add(1);
    echoed.notify_one();
  };
  std::jthread poster([&] {
    for (int round = 0; round < 200; ++round) {
      EXPECT_TRUE(loop().post(bind(task)));
      echoed.wait(round);  // The loop is, as likely as not, asleep at the next one.
    }
    while (!loop().post(Task{[](void* waiting) { static_cast<IoRequest*>(waiting)->cancel(); }, &request})) {
    }
  });
  ASSERT_TRUE(is_value(loop().run(), 202));
  EXPECT_EQ(echoed.load(), 200);
  EXPECT_TRUE(failed_with(read, Errc::canceled));
}

TEST_P(Posts, OfManyThreadsRunOnceEachAndInEachThreadsOrder) {
  constexpr int threads = 4;
  constexpr int each_posts = 2000;
  remake_loop({.post_capacity = 64});
  struct Counter {
    int next = 0;
    bool in_order = true;
  };
  struct Job {
    Counter* counter;
    int number;
    void run() {
      if (counter->next != number) counter->in_order = false;
      ++counter->next;
    }
  };
  std::deque<Counter> counters(threads);
  std::vector<std::vector<Job>> jobs(threads);
  Timer guard(loop());  // Keeps until_done going while the threads are between two posts.
  TimerRecorder none;
  guard.after(never, bind(none));
  std::atomic<int> finished{0};
  std::vector<std::jthread> posters;
  auto finish = [&] { guard.cancel(); };
  for (std::size_t thread = 0; thread < threads; ++thread) {
    for (int each = 0; each < each_posts; ++each)
      jobs[thread].push_back({&counters[thread], each});
    posters.emplace_back([&, thread] {
      for (Job& job : jobs[thread]) {
        while (!loop().post(bind<&Job::run>(job)))
          std::this_thread::yield();
      }
      if (finished.fetch_add(1) + 1 == threads) {
        while (!loop().post(bind(finish)))
          std::this_thread::yield();
      }
    });
  }
  ASSERT_TRUE(is_value(loop().run(), threads * each_posts + 2));
  for (const Counter& counter : counters) {
    EXPECT_EQ(counter.next, each_posts);
    EXPECT_TRUE(counter.in_order);
  }
}

TEST_P(Posts, MakeWhatWasWrittenBeforeVisible) {
  Timer guard(loop());
  TimerRecorder none;
  guard.after(never, bind(none));
  auto box = std::make_unique<int>(0);  // Plain memory: the thread sanitizer checks the claim.
  int seen = 0;
  auto task = [&] {
    seen = *box;
    guard.cancel();
  };
  std::jthread poster([&] {
    *box = 42;
    EXPECT_TRUE(loop().post(bind(task)));
  });
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(seen, 42);
}

EVT_CONTRACT_SUITE(Deferred);

TEST_P(Deferred, RunsAtTheEndOfTheSameTurnAfterItsOtherCallbacks) {
  std::vector<std::string> order;
  Timer timers[] = {Timer(loop()), Timer(loop())};
  TimerRecorder fired[] = {{order, "first"}, {order, "second"}};
  auto task = [&] { order.emplace_back("deferred"); };
  fired[0].then = [&] {
    loop().defer(bind(task));
    EXPECT_EQ(order.size(), 1U) << "called inline";
    return Action::disarm;
  };
  for (int each = 0; each < 2; ++each)
    timers[each].after(0ns, bind(fired[each]));
  ASSERT_TRUE(is_value(loop().run(RunMode::no_wait), 3));
  EXPECT_EQ(order, (std::vector<std::string>{"first", "second", "deferred"}));
}

TEST_P(Deferred, OutsideRunWaitsForTheNextTurnAndKeepsUntilDoneGoing) {
  int ran = 0;
  auto task = [&] { ++ran; };
  loop().defer(bind(task));
  loop().defer(bind(task));
  EXPECT_EQ(ran, 0);
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(ran, 2);
}

struct Redeferring {
  Loop& loop;
  int left;
  int runs = 0;
  void run() {
    ++runs;
    if (--left > 0) loop.defer(bind<&Redeferring::run>(*this));
  }
};

TEST_P(Deferred, ThatDeferAgainDoNotStarveARequest) {
  constexpr int many = 100'000;
  Redeferring task{.loop = loop(), .left = many};
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] {
    if (done.calls < 3) return Action::rearm;  // The first may be called before the task ever ran.
    EXPECT_LT(task.runs, many) << "it had to wait for all of them";
    task.left = 1;
    return Action::disarm;
  };
  loop().defer(bind<&Redeferring::run>(task));
  nop.submit(bind(done));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(done.calls, 3);
}

TEST_P(Deferred, MayDestroyTheRequestWhoseCallbackDeferredIt) {
  auto timer = std::make_unique<Timer>(loop());
  TimerRecorder fired;
  auto destroy = [&] { timer.reset(); };
  fired.then = [&] {
    loop().defer(bind(destroy));
    return Action::rearm;
  };
  timer->after(1ms, bind(fired));
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(timer, nullptr);
  EXPECT_EQ(fired.calls, 1);
}

}  // namespace
}  // namespace evt::contract
