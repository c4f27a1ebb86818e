/// ThreadPool and Work: jobs run on threads, callbacks on the loop's.
#include "contract/timing.hpp"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Pool);

/// A job that says when it runs and waits until it may end.
struct Gate {
  std::binary_semaphore running{0};
  std::binary_semaphore may_end{0};
  std::atomic<int> runs{0};
  void run() {
    runs.fetch_add(1);
    running.release();
    may_end.acquire();
  }
};

TEST_P(Pool, AJobRunsOnAnotherThreadAndTheCallbackOnTheLoops) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  std::thread::id job_thread;
  std::thread::id callback_thread;
  auto job = [&] { job_thread = std::this_thread::get_id(); };
  auto done = [&](const Result<void>& result) {
    EXPECT_TRUE(result);
    callback_thread = std::this_thread::get_id();
  };
  const auto before = loop().statistics().pool_jobs;
  ASSERT_TRUE(work.run(bind(job), bind(done)));
  ASSERT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ(callback_thread, std::this_thread::get_id());
  EXPECT_NE(job_thread, std::thread::id());
  EXPECT_NE(job_thread, callback_thread);
  EXPECT_EQ(loop().statistics().pool_jobs, before + 1);
}

TEST_P(Pool, ManyJobsRunOnceEach) {
  ThreadPool pool(3);
  std::atomic<int> runs{0};
  auto job = [&] { runs.fetch_add(1); };
  std::deque<Work> works;
  std::deque<VoidRecorder> done;
  for (int each = 0; each < 500; ++each) {
    ASSERT_TRUE(works.emplace_back(loop(), pool).run(bind(job), bind(done.emplace_back())));
  }
  ASSERT_TRUE(is_value(loop().run(), 500));
  EXPECT_EQ(runs.load(), 500);
  for (const auto& each : done)
    EXPECT_EQ(each.calls, 1);
}

TEST_P(Pool, RearmRunsTheJobAgain) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  std::atomic<int> runs{0};
  auto job = [&] { runs.fetch_add(1); };
  VoidRecorder done;
  done.then = [&] { return done.calls < 5 ? Action::rearm : Action::disarm; };
  work.run(bind(job), bind(done));
  ASSERT_TRUE(is_value(loop().run(), 5));
  EXPECT_EQ(runs.load(), 5);
}

TEST_P(Pool, AJobThatThrowsCompletesWithItsException) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  VoidRecorder done;
  auto job = [] { throw std::runtime_error("thrown"); };
  work.run(bind(job), bind(done));
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(failed_with(done, Errc::exception));
  ASSERT_NE(work.exception(), nullptr);
  EXPECT_THROW(std::rethrow_exception(work.exception()), std::runtime_error);
  VoidRecorder well;
  auto calm = [] {};
  work.run(bind(calm), bind(well));
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(well.result->has_value());
  EXPECT_EQ(work.exception(), nullptr) << "of the job before";
}

TEST_P(Pool, CancelWinsOverAJobThatStillWaitsForAThread) {
  ThreadPool pool(1);
  Work running(loop(), pool);
  Work waiting(loop(), pool);
  Gate gate;
  std::atomic<int> ran{0};
  auto job = [&] { ran.fetch_add(1); };
  VoidRecorder running_done;
  VoidRecorder waiting_done;
  running.run(bind<&Gate::run>(gate), bind(running_done));
  waiting.run(bind(job), bind(waiting_done));
  gate.running.acquire();
  waiting.cancel();
  ASSERT_TRUE(run_until_called(waiting_done));
  EXPECT_TRUE(failed_with(waiting_done, Errc::canceled));
  EXPECT_EQ(running_done.calls, 0);
  gate.may_end.release();
  ASSERT_TRUE(run_until_called(running_done));
  EXPECT_EQ(ran.load(), 0);
}

TEST_P(Pool, CancelOfARunningJobWaitsForItAndLeavesItsResult) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  Gate gate;
  VoidRecorder done;
  work.run(bind<&Gate::run>(gate), bind(done));
  gate.running.acquire();
  work.cancel();
  work.cancel();
  turns(5);
  EXPECT_EQ(done.calls, 0) << "the job uses what it points to";
  gate.may_end.release();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(done.result->has_value());
  EXPECT_EQ(gate.runs.load(), 1);
}

TEST_P(Pool, CancelSyncOfARunningJobReturnsAfterItsEnd) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  Gate gate;
  std::atomic<bool> ended{false};
  auto job = [&] {
    gate.run();
    ended = true;
  };
  VoidRecorder none;
  work.run(bind(job), bind(none));
  gate.running.acquire();
  std::jthread opener([&] { gate.may_end.release(); });
  const auto left = work.cancel_sync();
  EXPECT_TRUE(ended.load());
  ASSERT_TRUE(left.has_value());
  EXPECT_TRUE(left->has_value());
  EXPECT_TRUE(work.idle());
  turns(2);
  EXPECT_EQ(none.calls, 0);
}

TEST_P(Pool, DestroyingABusyWorkWaitsForItsJob) {
  ThreadPool pool(1);
  Gate gate;
  std::atomic<bool> ended{false};
  auto job = [&] {
    gate.run();
    ended = true;
  };
  VoidRecorder none;
  auto work = std::make_unique<Work>(loop(), pool);
  work->run(bind(job), bind(none));
  gate.running.acquire();
  std::jthread opener([&] { gate.may_end.release(); });
  work.reset();
  EXPECT_TRUE(ended.load());
  EXPECT_TRUE(is_value(loop().run(), 0));
  EXPECT_EQ(none.calls, 0);
}

TEST_P(Pool, OnePoolServesTwoLoops) {
  auto other = make_loop();
  ASSERT_TRUE(other);
  ThreadPool pool(2);
  std::atomic<int> runs{0};
  auto job = [&] { runs.fetch_add(1); };
  std::deque<Work> works;
  std::thread::id wrong_thread;
  VoidRecorder here;
  VoidRecorder there;
  for (int each = 0; each < 50; ++each) {
    works.emplace_back(loop(), pool).run(bind(job), bind(here));
    works.emplace_back(*other, pool).run(bind(job), bind(there));
  }
  ASSERT_TRUE(is_value(loop().run(), 50));
  EXPECT_EQ(here.calls, 50);
  EXPECT_EQ(there.calls, 0) << "a callback on the wrong loop";
  ASSERT_TRUE(is_value(other->run(), 50));
  EXPECT_EQ(there.calls, 50);
  EXPECT_EQ(runs.load(), 100);
}

TEST_P(Pool, ItsThreadsLeaveSignalsToTheProgram) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  sigset_t blocked;
  sigemptyset(&blocked);
  auto job = [&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); };
  VoidRecorder done;
  work.run(bind(job), bind(done));
  ASSERT_TRUE(loop().run());
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGALRM, SIGPIPE, SIGRTMIN, SIGRTMAX}) {
    EXPECT_EQ(sigismember(&blocked, signal), 1) << signal;
  }
}

TEST_P(Pool, JobsRunBesideEachOther) {
  constexpr int count = 3;
  ThreadPool pool(count);
  std::latch all_here(count);
  auto job = [&] { all_here.arrive_and_wait(); };
  std::deque<Work> works;
  VoidRecorder done;
  for (int each = 0; each < count; ++each)
    works.emplace_back(loop(), pool).run(bind(job), bind(done));
  ASSERT_TRUE(is_value(loop().run(), count));
}

TEST_P(Pool, AWaitingLoopHearsOfAJobsEnd) {
  ThreadPool pool(1);
  Work work(loop(), pool);
  VoidRecorder done;
  auto job = [] {};
  done.then = [&] { return done.calls < 300 ? Action::rearm : Action::disarm; };
  work.run(bind(job), bind(done));
  ASSERT_TRUE(is_value(loop().run(), 300)) << "each run sleeps until the pool's thread wakes it";
}

}  // namespace
}  // namespace evt::contract
