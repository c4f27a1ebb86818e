/// What the kernel refuses in the middle of things: descriptors that ran out, watches that are not given. More of
/// these, with every system call that can fail, are in tests/faults.
#include "contract/child.hpp"
#include "contract/timing.hpp"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Faults);

/// As long as it lives this process can open nothing.
class NoDescriptorToSpare {
 public:
  NoDescriptorToSpare() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptorToSpare() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorToSpare(const NoDescriptorToSpare&) = delete;
  NoDescriptorToSpare& operator=(const NoDescriptorToSpare&) = delete;

 private:
  rlimit before_{};
};

#ifdef __SANITIZE_ADDRESS__
#define EVT_NEEDS_OWN_DESCRIPTORS() GTEST_SKIP() << "the sanitizer needs descriptors of its own"
#else
#define EVT_NEEDS_OWN_DESCRIPTORS() static_cast<void>(0)
#endif

/// One timer of each of the clocks fires, not early, within a number of turns that has nothing to do with waiting.
void expect_timers_fire(Loop& loop,
                        std::initializer_list<Clock> clocks = {Clock::monotonic, Clock::boottime, Clock::realtime}) {
  const std::uint64_t turns = loop.statistics().turns;
  for (const Clock clock : clocks) {
    Timer timer(loop, clock);
    TimerRecorder fired;
    timer.after(20ms, bind(fired));
    ASSERT_TRUE(is_value(loop.run(), 1));
    EXPECT_EQ(fired.calls, 1);
    EXPECT_TRUE(fired.result->has_value());
  }
  EXPECT_LE(loop.statistics().turns - turns, 40U) << "it spins";
}

TEST_P(Faults, TimersOfEveryClockFireWithoutADescriptorToSpare) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  const NoDescriptorToSpare full;
  expect_timers_fire(loop());
}

TEST_P(Faults, ATimerWhoseTimerfdCannotBeWaitedForFires) {
  if (GetParam() != Backend::epoll) GTEST_SKIP() << "only epoll keeps a list of descriptors";
  EXPECT_TRUE(in_child([] {
    auto own = Loop::create({.backend = Backend::epoll});
    ASSERT_TRUE(own);
    refuse_call(SYS_epoll_ctl, ENOSPC);
    expect_timers_fire(*own);
  }));
}

TEST_P(Faults, WithoutAbsoluteTimeoutsTheRingWaitsForTimersAllTheSame) {
  if (GetParam() != Backend::io_uring) GTEST_SKIP() << "only the ring is entered";
  EXPECT_TRUE(in_child([] {
    auto own = Loop::create({.backend = Backend::io_uring});
    ASSERT_TRUE(own);
    constexpr unsigned flags_argument = 3;
    constexpr unsigned absolute_timer = 1U << 5;  // IORING_ENTER_ABS_TIMER
    refuse_flags(SYS_io_uring_enter, flags_argument, absolute_timer, EINVAL);
    // The first wait submits something, and goes another way.
    for (int time = 0; time < 3; ++time)
      expect_timers_fire(*own, {Clock::monotonic});
  }));
}

TEST_P(Faults, AnOpenWithoutADescriptorToSpareIsEmfileAndWorksLater) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  OpenRequest request(loop());
  OpenRecorder opened;
  {
    const NoDescriptorToSpare full;
    request.open("/dev/null", {}, bind(opened));
    ASSERT_TRUE(run_until_called(opened));
    EXPECT_TRUE(failed_with(opened, std::errc::too_many_files_open));
  }
  request.open("/dev/null", {}, bind(opened));
  ASSERT_TRUE(run_until_called(opened, 2));
  EXPECT_TRUE(opened.result->has_value());
}

TEST_P(Faults, DataFlowsWithoutADescriptorToSpare) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  PipeEnds pipe = make_small_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  Writer writer(source, pattern(100'000));
  Reader reader(target, 100'000);
  const NoDescriptorToSpare full;
  reader.read_exact();
  writer.write();
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_TRUE(completed_with(writer.done, 100'000));
  EXPECT_TRUE(reader.buffer == writer.text);
}

TEST_P(Faults, PostsAndWakesArriveWithoutADescriptorToSpare) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  const NoDescriptorToSpare full;
  Wake wake(loop());
  wake.ref();
  VoidRecorder woken;
  wake.wait(bind(woken));
  int posted = 0;
  auto task = [&] {
    ++posted;
    wake.notify();
  };
  ASSERT_TRUE(loop().post(bind(task)));
  ASSERT_TRUE(is_value(loop().run(), 2));
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(woken.calls, 1);
}

TEST_P(Faults, AnAcceptWithoutADescriptorToSpareIsEmfileAndTheNextServes) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  Fd listening{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const Address any = Address::loopback_ipv4(0);
  ASSERT_EQ(bind(listening.get(), any.data(), any.size()), 0);
  ASSERT_EQ(::listen(listening.get(), 8), 0);
  const Address to = local_address(listening.get()).value();
  File listener(loop(), File::adopt(std::move(listening)));
  File client(loop(), File::adopt(Fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}));
  IoRequest connect(client);
  AcceptRequest accept(listener);
  IoRecorder connected;
  Recorder<Fd> accepted;
  {
    const NoDescriptorToSpare full;
    accept.accept(bind(accepted));
    connect.connect(to, bind(connected));
    ASSERT_TRUE(run_until_called(accepted));
    EXPECT_TRUE(failed_with(accepted, std::errc::too_many_files_open));
  }
  accept.accept(bind(accepted));
  ASSERT_TRUE(run_until_called(accepted, 2));
  ASSERT_TRUE(accepted.result->has_value()) << accepted.result->error().message();
  ASSERT_TRUE(run_until_called(connected));
  EXPECT_EQ(peer_address(accepted.result->value().get()).value(), local_address(client.fd()).value());
}

TEST_P(Faults, AnAfterForkThatFailsMayBeTriedAgain) {
  EVT_NEEDS_OWN_DESCRIPTORS();
  if (simulated()) GTEST_SKIP() << "a simulated loop is made by its test";
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  Reader reader(file, 8);
  reader.read();
  turns(2);
  EXPECT_TRUE(in_child([&] {
    const Result<void> made = [&] {
      const NoDescriptorToSpare full;
      return loop().after_fork();
    }();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().system_errno(), EMFILE);
    const auto ran = loop().run(RunMode::no_wait);
    ASSERT_FALSE(ran);
    EXPECT_TRUE(is_error(ran.error(), Errc::forked));
    ASSERT_TRUE(loop().after_fork());
    ASSERT_TRUE(run_until_called(reader.done));
    EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  }));
  feed(pipe.write, "parent");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 6));
}

}  // namespace
}  // namespace evt::contract
