/// Which backend a loop gets, why, and what it costs: choice, fallback, loud failure.
#include "contract/child.hpp"
#include "contract/timing.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace evt::contract {
namespace {

/// The loop works: data goes through a pipe, a timer fires.
void expect_works(Loop& loop) {
  PipeEnds pipe = make_pipe();
  File source(loop, File::borrow(pipe.write.get()));
  File target(loop, File::borrow(pipe.read.get()));
  IoRequest writer(source);
  IoRequest reader(target);
  Timer timer(loop);
  IoRecorder written;
  IoRecorder read;
  TimerRecorder fired;
  std::string buffer(5, '\0');
  reader.read_exact(space_of(buffer), bind(read));
  timer.after(1ms, bind(fired));
  writer.write(bytes_of("works"), bind(written));
  EXPECT_TRUE(is_value(loop.run(), 3));
  EXPECT_TRUE(completed_with(read, 5));
  EXPECT_EQ(buffer, "works");
}

bool available(Backend backend) {
  return std::ranges::count(available_backends(), backend) != 0;
}

/// Alone in this process where the kernel was told to refuse `io_uring_setup`.
void expect_fallback(int error_number) {
  refuse_io_uring(error_number);
  auto loop = Loop::create();
  ASSERT_TRUE(loop) << loop.error().message();
  EXPECT_EQ(loop->backend(), Backend::epoll);
  EXPECT_NE(loop->backend_reason().find("io_uring"), std::string_view::npos) << loop->backend_reason();
  EXPECT_NE(loop->backend_reason().find(std::strerror(error_number)), std::string_view::npos) << loop->backend_reason();
  expect_works(*loop);
  auto named = Loop::create({.backend = Backend::io_uring});
  ASSERT_FALSE(named) << "asked for by name and not there";
  EXPECT_EQ(named.error().system_errno(), error_number);
  EXPECT_FALSE(available(Backend::io_uring));
  EXPECT_TRUE(available(Backend::epoll));
}

TEST(BackendChoice, FallsBackToEpollWhereIoUringIsRefusedAndSaysWhy) {
  for (const int error_number : {EPERM, ENOSYS, ENOMEM}) {
    EXPECT_TRUE(in_child([&] { expect_fallback(error_number); })) << std::strerror(error_number);
  }
}

TEST(BackendChoice, ARingThatMayBeMadeButNotUsedIsRefusedToo) {
  if (!available(Backend::io_uring)) GTEST_SKIP() << "io_uring is missing";
  const std::pair<long, const char*> calls[] = {{SYS_io_uring_register, "io_uring_register"},
                                                {SYS_io_uring_enter, "io_uring_enter"}};
  for (const auto& [number, name] : calls) {
    for (const int error : {EPERM, ENOSYS}) {
      EXPECT_TRUE(in_child([&] {
        refuse_call(number, error);
        auto loop = Loop::create();
        ASSERT_TRUE(loop) << loop.error().message();
        EXPECT_EQ(loop->backend(), Backend::epoll);
        EXPECT_EQ(loop->backend_reason(), std::string("epoll (") + name + ": " + std::strerror(error) + ")");
        expect_works(*loop);
        auto named = Loop::create({.backend = Backend::io_uring});
        ASSERT_FALSE(named) << "asked for by name and of no use";
        EXPECT_EQ(named.error().system_errno(), error);
      })) << name;
    }
  }
}

TEST(BackendChoice, FewerFlagsAreTriedWhereTheKernelKnowsNotAll) {
  if (!available(Backend::io_uring)) GTEST_SKIP() << "io_uring is missing";
  constexpr unsigned submit_all = 1U << 7;
  constexpr unsigned coop_taskrun = 1U << 8;
  constexpr unsigned defer_taskrun = 1U << 13;
  const std::pair<unsigned, const char*> kernels[] = {
      {defer_taskrun, "io_uring without DEFER_TASKRUN"},
      {defer_taskrun | coop_taskrun, "io_uring without COOP_TASKRUN"},
      {defer_taskrun | coop_taskrun | submit_all, "io_uring without SUBMIT_ALL"},
      {~0U, "io_uring without flags"},
  };
  for (const auto& [unknown, reason] : kernels) {
    EXPECT_TRUE(in_child([&] {
      judge_io_uring([unknown](unsigned, unsigned flags) { return (flags & unknown) != 0 ? EINVAL : 0; });
      auto loop = Loop::create({.backend = Backend::io_uring});
      ASSERT_TRUE(loop) << loop.error().message();
      EXPECT_EQ(loop->backend_reason(), reason);
      expect_works(*loop);
    })) << reason;
  }
}

TEST(BackendChoice, CompletionsWithAnyCallNeedNoDeferTaskrun) {
  if (!available(Backend::io_uring)) GTEST_SKIP() << "io_uring is missing";
  EXPECT_TRUE(in_child([] {
    constexpr unsigned defer_taskrun = 1U << 13;
    judge_io_uring([](unsigned, unsigned flags) { return (flags & defer_taskrun) != 0 ? EINVAL : 0; });
    auto loop = Loop::create({.backend = Backend::io_uring, .completions = Completions::on_any_call});
    ASSERT_TRUE(loop) << loop.error().message();
    EXPECT_EQ(loop->backend_reason(), "io_uring");
    expect_works(*loop);
  }));
}

TEST(BackendChoice, FewerEntriesAreTriedWhereMemoryIsShort) {
  if (!available(Backend::io_uring)) GTEST_SKIP() << "io_uring is missing";
  EXPECT_TRUE(in_child([] {
    judge_io_uring([](unsigned entries, unsigned) { return entries > 16 ? ENOMEM : 0; });
    auto loop = Loop::create({.backend = Backend::io_uring, .entries = 200});
    ASSERT_TRUE(loop) << loop.error().message();
    EXPECT_NE(loop->backend_reason().find("12 entries"), std::string_view::npos) << loop->backend_reason();
    expect_works(*loop);
  }));
}

TEST(BackendChoice, ABackendAskedForByNameIsThatOneOrAFailure) {
  for (const Backend backend : {Backend::io_uring, Backend::epoll}) {
    auto loop = Loop::create({.backend = backend});
    EXPECT_EQ(loop.has_value(), available(backend)) << name_of(backend);
    if (!loop) continue;
    EXPECT_EQ(loop->backend(), backend);
    EXPECT_NE(loop->backend_reason().find(name_of(backend)), std::string_view::npos) << loop->backend_reason();
    expect_works(*loop);
  }
}

TEST(BackendChoice, AutomaticTakesThePreferredOne) {
  auto epoll = Loop::create({.preferred = Backend::epoll});
  ASSERT_TRUE(epoll);
  EXPECT_EQ(epoll->backend(), Backend::epoll);
  auto best = Loop::create();
  ASSERT_TRUE(best);
  ASSERT_FALSE(available_backends().empty());
  EXPECT_EQ(best->backend(), available_backends().front());
}

TEST(BackendChoice, TheSimulatedOneIsNeverMadeByAccident) {
  auto loop = Loop::create({.backend = Backend::simulated});
  EXPECT_FALSE(loop);
  EXPECT_FALSE(available(Backend::simulated));
}

TEST(BackendChoice, ProbingLeavesNoDescriptorBehind) {
  const std::size_t before = count_descriptors();
  for (int each = 0; each < 20; ++each)
    ASSERT_FALSE(available_backends().empty());
  EXPECT_EQ(count_descriptors(), before);
}

TEST(BackendChoice, NobodyWithoutLockedMemoryGetsALoopThatWorks) {
  EXPECT_TRUE(in_child([] {
    drop_privileges();
    lower_limit(RLIMIT_MEMLOCK, 0);
    auto loop = Loop::create();
    ASSERT_TRUE(loop) << loop.error().message();
    if (loop->backend() == Backend::epoll) {
      EXPECT_NE(loop->backend_reason().find(std::strerror(ENOMEM)), std::string_view::npos) << loop->backend_reason();
    }
    expect_works(*loop);
  }));
}

/// What a limit of descriptors does at every point of making a loop.
TEST(BackendChoice, TooFewDescriptorsAreAnErrorAndLeakNone) {
#ifdef __SANITIZE_ADDRESS__
  // UBSan makes a pipe to see whether an object may be looked at, and takes its failure for a broken object.
  GTEST_SKIP() << "the sanitizer needs descriptors of its own";
#endif
  for (const Backend backend : {Backend::automatic, Backend::io_uring, Backend::epoll}) {
    if (backend != Backend::automatic && !available(backend)) continue;
    EXPECT_TRUE(in_child([&] {
      const int free = ::dup(0);  // Lowest descriptor that is not in use.
      ::close(free);
      rlimit limit{};
      getrlimit(RLIMIT_NOFILE, &limit);
      bool works = false;
      for (rlim_t spare = 0; spare < 10 && !works; ++spare) {
        limit.rlim_cur = static_cast<rlim_t>(free) + spare;
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
        auto loop = Loop::create({.backend = backend});
        works = loop.has_value();
        EXPECT_TRUE(spare > 0 || !works);
        EXPECT_TRUE(loop || loop.error().system_errno() == EMFILE) << loop.error().message();
        limit.rlim_cur = limit.rlim_max;
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
        if (works) expect_works(*loop);
        loop = std::unexpected(Error{});
        const int free_again = ::dup(0);
        ::close(free_again);
        EXPECT_EQ(free_again, free) << "a descriptor leaked with " << spare << " to spare";
      }
      EXPECT_TRUE(works);
    })) << name_of(backend);
  }
}

TEST(BackendChoice, TwoLoopsOfDifferentBackendsLiveSideBySide) {
  if (!available(Backend::io_uring)) GTEST_SKIP() << "io_uring is missing";
  auto ring = Loop::create({.backend = Backend::io_uring});
  auto poll = Loop::create({.backend = Backend::epoll});
  ASSERT_TRUE(ring);
  ASSERT_TRUE(poll);
  PipeEnds pipe = make_pipe();
  File source(*ring, File::borrow(pipe.write.get()));
  File target(*poll, File::borrow(pipe.read.get()));
  IoRequest writer(source);
  IoRequest reader(target);
  IoRecorder written;
  IoRecorder read;
  const std::string data = pattern(300'000);
  std::string got(data.size(), '\0');
  writer.write(bytes_of(data), bind(written));
  reader.read_exact(space_of(got), bind(read));
  for (int turn = 0; turn < 100'000 && (written.calls == 0 || read.calls == 0); ++turn) {
    ASSERT_TRUE(ring->dispatch(0ns));
    ASSERT_TRUE(poll->dispatch(0ns));
  }
  EXPECT_TRUE(completed_with(written, data.size()));
  EXPECT_TRUE(completed_with(read, data.size()));
  EXPECT_TRUE(got == data);
}

TEST(BackendNames, AreTheOnesOfTheCommandLine) {
  EXPECT_STREQ(name_of(Backend::automatic), "auto");
  EXPECT_STREQ(name_of(Backend::io_uring), "io_uring");
  EXPECT_STREQ(name_of(Backend::epoll), "epoll");
  EXPECT_STREQ(name_of(Backend::simulated), "sim");
}

}  // namespace
}  // namespace evt::contract
