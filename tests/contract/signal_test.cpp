/// SignalRequest: signals become completions, and neither this process nor its children keep a trace of it.
#include "contract/child.hpp"
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <memory>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Signals);

using SignalRecorder = Recorder<SignalInfo>;

struct sigaction disposition_of(int signal) {
  struct sigaction now{};
  EXPECT_EQ(sigaction(signal, nullptr, &now), 0);
  return now;
}

bool is_default(int signal) {
  const struct sigaction now = disposition_of(signal);
  return (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL;
}

bool is_blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

/// Has a disposition of its own for a while.
class Disposition {
 public:
  Disposition(int signal, void (*handler)(int), int flags = 0) : signal_(signal) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(signal, &action, &before_);
  }
  ~Disposition() { sigaction(signal_, &before_, nullptr); }
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;

 private:
  int signal_;
  struct sigaction before_{};
};

/// Blocks a signal in this thread for a while. What is pending then is thrown away.
class Blocked {
 public:
  explicit Blocked(int signal) {
    sigemptyset(&set_);
    sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  ~Blocked() {
    const timespec at_once{};
    while (sigtimedwait(&set_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

 private:
  sigset_t set_{};
};

void handled_by_somebody_else(int) {}

TEST_P(Signals, ArriveWithTheirSenderFromRunOnly) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_EQ(request.operation(), Operation::signal);
  EXPECT_EQ(turns(), 0U);
  kill(getpid(), SIGUSR1);
  EXPECT_EQ(done.calls, 0) << "called inline";
  EXPECT_EQ(turns(), 1U) << "and nothing of its parts is counted";
  ASSERT_EQ(done.calls, 1);
  EXPECT_EQ((*done.result)->signal, SIGUSR1);
  EXPECT_EQ((*done.result)->count, 1U);
  EXPECT_EQ((*done.result)->code, SI_USER);
  EXPECT_EQ((*done.result)->sender, getpid());
  EXPECT_EQ((*done.result)->user, getuid());
  EXPECT_TRUE(request.idle());
}

TEST_P(Signals, EndAWaitWithoutADeadline) {
  SignalRequest request(loop());
  SignalRecorder done;
  request.ref();
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  const pid_t sender = fork();
  if (sender == 0) {
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  EXPECT_TRUE(is_value(loop().run(), 1));
  EXPECT_EQ((*done.result)->sender, sender);
  waitpid(sender, nullptr, 0);
}

TEST_P(Signals, ThatComeBeforeTheCallbackAreOneCompletionWithACount) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  for (int each = 0; each < 3; ++each)
    raise(SIGUSR1);
  EXPECT_EQ(turns(), 1U);
  ASSERT_EQ(done.calls, 1);
  EXPECT_EQ((*done.result)->count, 3U);
}

TEST_P(Signals, BringWhatSigqueueSentAlong) {
  SignalRequest request(loop());
  SignalRecorder done;
  const int signal = SIGRTMIN + 3;
  ASSERT_TRUE(request.wait(signal, bind(done)));
  ASSERT_EQ(sigqueue(getpid(), signal, {.sival_ptr = &request}), 0);
  EXPECT_EQ(turns(), 1U);
  ASSERT_EQ(done.calls, 1);
  EXPECT_EQ((*done.result)->code, SI_QUEUE);
  EXPECT_EQ((*done.result)->value, reinterpret_cast<std::intptr_t>(&request));
}

TEST_P(Signals, ThatComeWhileNobodyWaitsAreKept) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  raise(SIGUSR1);
  EXPECT_EQ(turns(), 1U);
  raise(SIGUSR1);
  raise(SIGUSR1);
  EXPECT_EQ(turns(), 0U);
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_EQ(done.calls, 1) << "called inline";
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ((*done.result)->count, 2U);
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_EQ(turns(), 0U) << "they were used up";
}

TEST_P(Signals, OfOneKindDoNotCompleteRequestsForAnother) {
  SignalRequest first(loop());
  SignalRequest second(loop());
  SignalRecorder first_done;
  SignalRecorder second_done;
  ASSERT_TRUE(first.wait(SIGUSR1, bind(first_done)));
  ASSERT_TRUE(second.wait(SIGUSR2, bind(second_done)));
  raise(SIGUSR2);
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(first_done.calls, 0);
  ASSERT_EQ(second_done.calls, 1);
  EXPECT_EQ((*second_done.result)->signal, SIGUSR2);
}

TEST_P(Signals, ReachEveryRequestOfEveryLoop) {
  auto other = make_loop();
  ASSERT_TRUE(other);
  SignalRequest here[2]{SignalRequest(loop()), SignalRequest(loop())};
  SignalRecorder here_done[2];
  for (int each = 0; each < 2; ++each)
    ASSERT_TRUE(here[each].wait(SIGUSR1, bind(here_done[each])));
  std::atomic<bool> waits = false;
  SignalRecorder there_done;
  std::jthread runner([&] {
    SignalRequest there(*other);
    there.ref();
    there.wait(SIGUSR1, bind(there_done));
    waits = true;
    waits.notify_one();
    EXPECT_TRUE(is_value(other->run(), 1));
  });
  waits.wait(false);
  kill(getpid(), SIGUSR1);
  ASSERT_TRUE(run_until([&] { return here_done[0].calls == 1 && here_done[1].calls == 1; }));
  runner.join();
  EXPECT_EQ(there_done.calls, 1);
}

TEST_P(Signals, StartUnreferencedAndGoOnWithRearm) {
  SignalRequest request(loop());
  SignalRecorder done;
  EXPECT_FALSE(request.referenced());
  done.then = [&] {
    if (done.calls == 3) return Action::disarm;
    raise(SIGUSR1);
    return Action::rearm;
  };
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_TRUE(is_value(loop().run(), 0));
  raise(SIGUSR1);
  ASSERT_TRUE(run_until_called(done, 3));
  EXPECT_EQ((*done.result)->count, 1U);
}

TEST_P(Signals, CanBeCanceledAndTheOneThatWonIsHandedBack) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  request.cancel();
  EXPECT_EQ(turns(), 1U);
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_FALSE(request.cancel_sync().has_value());
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  raise(SIGUSR1);
  auto won = request.cancel_sync();
  ASSERT_TRUE(won.has_value());
  EXPECT_EQ((*won)->count, 1U);
  EXPECT_EQ(turns(), 0U);
  EXPECT_EQ(done.calls, 1);
}

TEST_P(Signals, MayDestroyTheirRequestInItsCallback) {
  auto request = std::make_unique<SignalRequest>(loop());
  SignalRecorder done;
  done.then = [&] {
    request.reset();
    return Action::disarm;
  };
  ASSERT_TRUE(request->wait(SIGUSR1, bind(done)));
  raise(SIGUSR1);
  EXPECT_EQ(turns(), 1U);
  EXPECT_TRUE(is_default(SIGUSR1));
}

TEST_P(Signals, LeaveTheDispositionAsItWasWithTheLastRequest) {
  const Disposition before(SIGUSR1, handled_by_somebody_else, SA_NODEFER);
  SignalRecorder done;
  {
    SignalRequest first(loop());
    ASSERT_TRUE(first.wait(SIGUSR1, bind(done)));
    {
      SignalRequest second(loop());
      ASSERT_TRUE(second.wait(SIGUSR1, bind(done)));
    }
    EXPECT_NE(disposition_of(SIGUSR1).sa_handler, &handled_by_somebody_else) << "one is left";
    raise(SIGUSR1);
    EXPECT_EQ(turns(), 1U);
  }
  EXPECT_EQ(disposition_of(SIGUSR1).sa_handler, &handled_by_somebody_else);
  EXPECT_EQ(disposition_of(SIGUSR1).sa_flags & SA_NODEFER, SA_NODEFER);
  EXPECT_EQ(disposition_of(SIGUSR1).sa_flags & SA_SIGINFO, 0);
  EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST_P(Signals, LeaveAHandlerThatSomebodyPutThereMeanwhile) {
  SignalRecorder done;
  auto request = std::make_unique<SignalRequest>(loop());
  ASSERT_TRUE(request->wait(SIGUSR2, bind(done)));
  signal(SIGUSR2, handled_by_somebody_else);
  request.reset();
  EXPECT_EQ(disposition_of(SIGUSR2).sa_handler, &handled_by_somebody_else);
  signal(SIGUSR2, SIG_DFL);
}

TEST_P(Signals, ThatWereIgnoredAreHandledAndIgnoredAgain) {
  const Disposition before(SIGUSR1, SIG_IGN);
  {
    SignalRequest request(loop());
    SignalRecorder done;
    ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
    raise(SIGUSR1);
    EXPECT_EQ(turns(), 1U);
    EXPECT_EQ(done.calls, 1);
  }
  EXPECT_EQ(disposition_of(SIGUSR1).sa_handler, SIG_IGN);
}

TEST_P(Signals, ThatWereBlockedAreHandledByTheWaitAndStayBlocked) {
  const Blocked blocked(SIGUSR1);
  SignalRequest request(loop());
  SignalRecorder done;
  bool blocked_in_callback = false;
  done.then = [&] {
    blocked_in_callback = is_blocked(SIGUSR1);
    return Action::disarm;
  };
  raise(SIGUSR1);
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  SignalRequest other(loop());
  SignalRecorder other_done;
  ASSERT_TRUE(other.wait(SIGUSR1, bind(other_done)));
  EXPECT_TRUE(is_blocked(SIGUSR1));
  EXPECT_EQ(turns(), 2U) << "it was pending already";
  EXPECT_EQ(done.calls, 1);
  EXPECT_TRUE(blocked_in_callback) << "and so are the children that callbacks start";
  EXPECT_TRUE(is_blocked(SIGUSR1));

  request.ref();
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  request.cancel_sync();
  other.~SignalRequest();
  new (&other) SignalRequest(loop());
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  std::jthread sender([] { kill(getpid(), SIGUSR1); });
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(done.calls, 2) << "the other request is gone, this one is not";
  EXPECT_TRUE(is_blocked(SIGUSR1));
}

TEST_P(Signals, ThatAreBlockedReachALoopInsideAnother) {
  if (simulated()) GTEST_SKIP() << "a simulated loop has nothing to poll";
  const Blocked blocked(SIGUSR1);
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  turns();
  loop().prepare();
  raise(SIGUSR1);
  pollfd one{loop().fd(), POLLIN, 0};
  while (poll(&one, 1, 10'000) < 0 && errno == EINTR) {
  }
  EXPECT_EQ(one.revents, POLLIN);
  EXPECT_EQ(turns(2), 1U);
  EXPECT_EQ(done.calls, 1);
  EXPECT_TRUE(is_blocked(SIGUSR1));
  loop().prepare();
  EXPECT_FALSE(is_blocked(SIGUSR1)) << "until the next run";
  destroy_loop();
  EXPECT_TRUE(is_blocked(SIGUSR1));
}

TEST_P(Signals, RefuseWhatCannotBeHandled) {
  SignalRequest request(loop());
  SignalRecorder done;
  for (const int signal : {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, 0, -1, 65, 32}) {
    const Ticket ticket = request.wait(signal, bind(done));
    EXPECT_FALSE(ticket) << signal;
    EXPECT_EQ(ticket.error().system_errno(), EINVAL) << signal;
    EXPECT_TRUE(request.idle());
  }
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  EXPECT_TRUE(is_error(request.wait(SIGUSR2, bind(done)).error(), Errc::busy));
  EXPECT_TRUE(is_default(SIGUSR2)) << "a refusal leaves everything alone";
}

TEST_P(Signals, ARequestMayTurnToAnother) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  raise(SIGUSR1);
  EXPECT_EQ(turns(), 1U);
  raise(SIGUSR1);
  ASSERT_TRUE(request.wait(SIGUSR2, bind(done)));
  EXPECT_TRUE(is_default(SIGUSR1));
  EXPECT_EQ(turns(), 0U) << "what was kept of the other is dropped";
  raise(SIGUSR2);
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ((*done.result)->signal, SIGUSR2);
}

TEST_P(Signals, AreGivenBackWhenTheLoopGoesFirst) {
  const Disposition before(SIGUSR1, SIG_IGN);
  SignalRequest request(loop());
  SignalRequest idle(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  ASSERT_TRUE(idle.wait(SIGUSR1, bind(done)));
  idle.cancel_sync();
  destroy_loop();
  EXPECT_EQ(disposition_of(SIGUSR1).sa_handler, SIG_IGN);
  raise(SIGUSR1);
  EXPECT_TRUE(request.idle());
  EXPECT_TRUE(is_error(request.wait(SIGUSR1, bind(done)).error(), Errc::no_loop));
  EXPECT_EQ(disposition_of(SIGUSR1).sa_handler, SIG_IGN);
  EXPECT_EQ(done.calls, 0);
}

/// The lines of a /proc/PID/status about what is blocked, ignored and caught.
std::string about_signals(const std::string& status) {
  std::string lines;
  for (const char* name : {"SigBlk:", "SigIgn:", "SigCgt:"}) {
    const std::size_t start = status.find(name);
    if (start != std::string::npos) lines += status.substr(start, status.find('\n', start) + 1 - start);
  }
  return lines;
}

/// What a program finds that this thread executes now.
std::string seen_by_child() {
  const char* const argv[] = {"cat", "/proc/self/status", nullptr};
  PipeEnds pipe = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), 1);
  pid_t child = 0;
  EXPECT_EQ(posix_spawnp(&child, argv[0], &actions, nullptr, const_cast<char* const*>(argv), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  waitpid(child, nullptr, 0);
  return about_signals(drain(pipe.read));
}

TEST_P(Signals, LeaveNoTraceInChildrenThatAreExecuted) {
  const std::string before = seen_by_child();
  ASSERT_NE(before.find("SigCgt:\t0000000000000000"), std::string::npos) << before;
  SignalRecorder done;
  SignalRequest requests[3]{SignalRequest(loop()), SignalRequest(loop()), SignalRequest(loop())};
  ASSERT_TRUE(requests[0].wait(SIGUSR1, bind(done)));
  ASSERT_TRUE(requests[1].wait(SIGTERM, bind(done)));
  ASSERT_TRUE(requests[2].wait(SIGCHLD, bind(done)));
  EXPECT_EQ(seen_by_child(), before);

  const TemporaryDirectory folder;
  const std::string path = folder.path("seen");
  const std::string command = "exec cat /proc/self/status > " + path;
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(about_signals(contents(Fd{open(path.c_str(), O_RDONLY | O_CLOEXEC)})), before);
}

TEST_P(Signals, LeaveABlockedOneBlockedInChildrenOfCallbacks) {
  const Blocked blocked(SIGUSR1);
  const std::string before = seen_by_child();
  SignalRequest request(loop());
  SignalRecorder done;
  std::string seen;
  done.then = [&] {
    seen = seen_by_child();
    return Action::disarm;
  };
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  raise(SIGUSR1);
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(seen, before);
}

TEST_P(Signals, OfAForkedChildAreItsOwnFromAfterForkOn) {
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  turns();
  raise(SIGUSR1);  // The parent's: not yet delivered when it forks.
  EXPECT_TRUE(in_child([&] {
    EXPECT_TRUE(is_default(SIGUSR1)) << "until the child takes the loop";
    EXPECT_FALSE(is_blocked(SIGUSR1));
    if (simulated()) return;
    ASSERT_TRUE(loop().after_fork());
    EXPECT_FALSE(is_default(SIGUSR1));
    EXPECT_EQ(turns(), 0U) << "what came was the parent's";
    raise(SIGUSR1);
    EXPECT_EQ(turns(), 1U);
    EXPECT_EQ((*done.result)->sender, getpid());
  }));
  EXPECT_TRUE(in_child([&] {
    destroy_loop();
    EXPECT_TRUE(is_default(SIGUSR1));
  }));
  EXPECT_FALSE(is_default(SIGUSR1));
  EXPECT_FALSE(is_blocked(SIGUSR1));
  EXPECT_EQ(turns(), 1U);
  EXPECT_EQ(done.calls, 1);
}

TEST_P(Signals, OfManyThreadsAreCountedToTheLast) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer keeps one signal of a kind until the thread may handle it";
#endif
  constexpr int threads = 4;
  constexpr int rounds = 100;
  const int signal = SIGRTMIN + 3;  // Real-time signals queue up: the kernel merges none.
  SignalRequest request(loop());
  std::uint32_t seen = 0;
  auto on_signal = [&](Result<SignalInfo> info) {
    seen += info->count;
    EXPECT_EQ(info->sender, getpid());
    return seen < threads * rounds ? Action::rearm : Action::disarm;
  };
  request.ref();
  ASSERT_TRUE(request.wait(signal, bind(on_signal)));
  std::vector<std::jthread> senders;
  for (int thread = 0; thread < threads; ++thread) {
    senders.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        while (sigqueue(getpid(), signal, {}) != 0 && errno == EAGAIN)
          std::this_thread::yield();
      }
    });
  }
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(seen, threads * rounds);
}

TEST_P(Signals, MayArriveWhileRequestsComeAndGo) {
  const int signal = SIGURG;  // Ignored by default.
  std::jthread sender([&](const std::stop_token& over) {
    while (!over.stop_requested())
      kill(getpid(), signal);
  });
  SignalRequest stays(loop());
  SignalRecorder stays_done;
  ASSERT_TRUE(stays.wait(signal, bind(stays_done)));
  for (int round = 0; round < 200; ++round) {
    auto request = std::make_unique<SignalRequest>(loop());
    SignalRecorder done;
    ASSERT_TRUE(request->wait(signal, bind(done)));
    if (round % 10 == 0) {
      ASSERT_TRUE(run_until_called(done));
      EXPECT_TRUE(done.result->has_value());
    }
  }
  ASSERT_TRUE(run_until_called(stays_done));
}

TEST_P(Signals, LetSystemCallsOfOtherThreadsGoOn) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer keeps a signal until read(2) returns";
#endif
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  PipeEnds pipe = make_pipe();
  std::atomic<bool> reads = false;
  ssize_t count = 0;
  std::jthread reader([&] {
    char byte = 0;
    reads = true;
    reads.notify_one();
    count = ::read(pipe.read.get(), &byte, 1);
  });
  reads.wait(false);
  while (done.calls < 20) {
    pthread_kill(reader.native_handle(), SIGUSR1);
    ASSERT_TRUE(run_until_called(done, done.calls + 1));
    ASSERT_TRUE(request.wait(SIGUSR1, bind(done)));
  }
  feed(pipe.write, "x");
  reader.join();
  EXPECT_EQ(count, 1);
}

TEST_P(Signals, OfChildrenThatNobodyWaitsForLeaveNoZombies) {
  const Disposition before(SIGCHLD, SIG_IGN);
  SignalRequest request(loop());
  SignalRecorder done;
  ASSERT_TRUE(request.wait(SIGCHLD, bind(done)));
  const pid_t child = fork();
  if (child == 0) _exit(3);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_EQ((*done.result)->sender, child);
  EXPECT_EQ((*done.result)->code, CLD_EXITED);
  EXPECT_EQ((*done.result)->value, 3);
  EXPECT_LT(waitpid(child, nullptr, 0), 0) << "it went away by itself, as before";
}

}  // namespace
}  // namespace evt::contract
