/// Pressure: rings of one entry, thousands of operations at once, full and overflowing queues. Nothing is lost.
#include "contract/ring_counters.hpp"
#include "contract/timing.hpp"

#include <deque>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Pressure);

/// `count` nops that record how often each completed.
struct Swarm {
  Swarm(Loop& loop, std::size_t count) {
    for (std::size_t each = 0; each < count; ++each)
      nops.emplace_back(loop).set_user(&calls.emplace_back(0));
  }
  void submit() {
    for (Nop& nop : nops)
      EXPECT_TRUE(nop.submit(bind<&Swarm::on_nop>(*this)));
  }
  void on_nop(Nop& nop, const Result<void>& result) {
    EXPECT_TRUE(result);
    ++*static_cast<int*>(nop.user());
  }
  std::deque<Nop> nops;
  std::deque<int> calls;
};

TEST_P(Pressure, ThousandsOfNopsThroughARingOfOneEntry) {
  remake_loop({.entries = 1});
  Swarm swarm(loop(), 5000);
  swarm.submit();
  ASSERT_TRUE(is_value(loop().run(), 5000));
  for (const int calls : swarm.calls)
    EXPECT_EQ(calls, 1);
  swarm.submit();
  ASSERT_TRUE(is_value(loop().run(), 5000)) << "and again: nothing was left behind";
}

TEST_P(Pressure, CompletionsThatOverflowTheirQueueAllArrive) {
  remake_loop({.entries = 2, .budget = 7});
  constexpr std::size_t count = 600;
  std::deque<PipeEnds> pipes;
  std::deque<File> files;
  std::deque<IoRequest> requests;
  std::deque<IoRecorder> read;
  std::deque<std::string> buffers;
  for (std::size_t each = 0; each < 100; ++each) {
    PipeEnds& pipe = pipes.emplace_back(make_pipe());
    // pread-like parallelism is for files; many reads of an unordered pipe do the same.
    File& file = files.emplace_back(loop(), File::borrow(pipe.read.get()), Ordering::unordered);
    for (std::size_t one = 0; one < count / 100; ++one) {
      requests.emplace_back(file).read(space_of(buffers.emplace_back(1, '\0')), bind(read.emplace_back()));
    }
  }
  turns(1000);
  // All become ready at once, while the loop does not look.
  for (PipeEnds& pipe : pipes)
    feed(pipe.write, "abcdef");
  EXPECT_EQ(turns(5000), count) << "without ever waiting";
  for (const IoRecorder& each : read)
    EXPECT_TRUE(completed_with(each, 1));
}

TEST_P(Pressure, ACancelNeedsNoFreeEntry) {
  remake_loop({.entries = 1});
  std::deque<PipeEnds> pipes;
  std::deque<File> files;
  std::deque<IoRequest> requests;
  std::deque<IoRecorder> read;
  std::string buffer(64, '\0');
  for (std::size_t each = 0; each < 64; ++each) {
    PipeEnds& pipe = pipes.emplace_back(make_pipe());
    File& file = files.emplace_back(loop(), File::borrow(pipe.read.get()));
    requests.emplace_back(file).read(space_of(buffer).subspan(each, 1), bind(read.emplace_back()));
  }
  turns(100);  // All are with the kernel.
  for (IoRequest& request : requests)
    request.cancel();
  ASSERT_TRUE(is_value(loop().run(), 64));
  for (const IoRecorder& each : read)
    EXPECT_TRUE(failed_with(each, Errc::canceled));
}

TEST_P(Pressure, CancelSyncAmongThousandsReapsOthersWithoutCallingThem) {
  remake_loop({.entries = 4});
  Swarm swarm(loop(), 2000);
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder none;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(none));
  swarm.submit();
  EXPECT_FALSE(request.cancel_sync().has_value());
  EXPECT_TRUE(request.idle());
  for (const int calls : swarm.calls)
    ASSERT_EQ(calls, 0) << "a callback out of cancel_sync()";
  ASSERT_TRUE(is_value(loop().run(), 2000));
  for (const int calls : swarm.calls)
    EXPECT_EQ(calls, 1);
  EXPECT_EQ(none.calls, 0);
}

TEST_P(Pressure, AWriteOfMegabytesThroughARingOfOneEntryKeepsEveryByte) {
  remake_loop({.entries = 1, .budget = 1});
  PipeEnds pipe = make_small_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest writer(source);
  IoRequest reader(target);
  IoRecorder written;
  IoRecorder read;
  const std::string data = pattern(1 << 20);
  std::string got(data.size(), '\0');
  writer.write(bytes_of(data), bind(written));
  reader.read_exact(space_of(got), bind(read));
  ASSERT_TRUE(run_until([&] { return written.calls > 0 && read.calls > 0; }));
  EXPECT_TRUE(completed_with(written, data.size()));
  EXPECT_TRUE(got == data);
}

TEST_P(Pressure, ManyFilesAreDestroyedInFlightWithoutALoss) {
  remake_loop({.entries = 1});
  IoRecorder none;
  std::string buffer(200, '\0');
  PipeEnds pipe = make_pipe();
  {
    File file(loop(), File::borrow(pipe.read.get()), Ordering::unordered);
    std::deque<IoRequest> requests;
    for (std::size_t each = 0; each < 200; ++each) {
      requests.emplace_back(file).read(space_of(buffer).subspan(each, 1), bind(none));
    }
    turns(1);
  }
  EXPECT_EQ(none.calls, 0);
  feed(pipe.write, "all still there");
  EXPECT_EQ(drain(pipe.read), "all still there");
  EXPECT_TRUE(is_value(loop().run(), 0));
}

class Ring : public Contract {};
INSTANTIATE_TEST_SUITE_P(Backends, Ring, testing::Values(Backend::io_uring), backend_name);

TEST_P(Ring, ANopIsOneSubmissionAndOneCompletion) {
  turns(1);  // What the loop submits for itself, once.
  const auto before = ring_counters();
  if (!before) GTEST_SKIP() << "this kernel does not tell about rings";
  constexpr std::uint32_t count = 100;
  Swarm swarm(loop(), count);
  swarm.submit();
  const std::uint64_t entries = loop().statistics().kernel_entries;
  ASSERT_TRUE(is_value(loop().run(), count));
  const auto after = ring_counters();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->submitted - before->submitted, count);
  EXPECT_EQ(after->completed - before->completed, count);
  EXPECT_EQ(loop().statistics().kernel_entries - entries, 1U) << "all of a turn in one io_uring_enter";
}

TEST_P(Ring, ATurnOfNopsEntersTheKernelOnce) {
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] { return done.calls < 1000 ? Action::rearm : Action::disarm; };
  nop.submit(bind(done));
  const std::uint64_t entries = loop().statistics().kernel_entries;
  ASSERT_TRUE(is_value(loop().run(), 1000));
  EXPECT_LE(loop().statistics().kernel_entries - entries, 1000U);
  EXPECT_GE(loop().statistics().kernel_entries - entries, 999U) << "system calls that nobody counted";
}

TEST_P(Ring, AFullQueueIsHandedToTheKernelAtOnce) {
  remake_loop({.entries = 1});
  turns(2);  // What the loop submits for itself.
  const auto before = ring_counters();
  if (!before) GTEST_SKIP() << "this kernel does not tell about rings";
  Swarm swarm(loop(), 10);
  swarm.submit();
  const auto after = ring_counters();
  ASSERT_TRUE(after);
  EXPECT_GE(after->submitted - before->submitted, 9U);
  ASSERT_TRUE(is_value(loop().run(), 10));
}

TEST_P(Ring, StopAndPostCostNoRingEntry) {
  const auto before = ring_counters();
  if (!before) GTEST_SKIP() << "this kernel does not tell about rings";
  int ran = 0;
  auto task = [&] { ++ran; };
  for (int each = 0; each < 50; ++each) {
    ASSERT_TRUE(loop().post(bind(task)));
    turns(1);
  }
  EXPECT_EQ(ran, 50);
  const auto after = ring_counters();
  EXPECT_LE(after->submitted - before->submitted, 2U) << "the wake-up's own poll at most";
}

}  // namespace
}  // namespace evt::contract
