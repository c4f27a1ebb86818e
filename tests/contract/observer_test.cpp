/// Observers and statistics: what --stats and --trace are made of.
#include "contract/timing.hpp"

#include <cerrno>
#include <map>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Observers);

struct Log final : Observer {
  struct Entry {
    Observation observation;
    bool done = false;
  };
  void submitted(const Observation& observation) override {
    EXPECT_FALSE(entries.contains(observation.id)) << "an id used twice";
    EXPECT_EQ(observation.completed, 0ns);
    entries[observation.id] = {observation, false};
    order.push_back(observation.id);
  }
  void completed(const Observation& observation) override {
    ASSERT_TRUE(entries.contains(observation.id)) << "completed, but never submitted";
    Entry& entry = entries[observation.id];
    EXPECT_FALSE(entry.done) << "completed twice";
    EXPECT_EQ(observation.operation, entry.observation.operation);
    EXPECT_EQ(observation.submitted, entry.observation.submitted);
    EXPECT_EQ(observation.fd, entry.observation.fd);
    EXPECT_GE(observation.completed, observation.submitted);
    entry = {observation, true};
  }
  const Observation& of(const Request& request) { return entries.at(request.generation()).observation; }
  std::map<std::uint64_t, Entry> entries;
  std::vector<std::uint64_t> order;
};

TEST_P(Observers, SeeEveryOperationOnceFromSubmissionToCompletion) {
  Log log;
  PipeEnds pipe = make_pipe();
  remake_loop({.observer = &log});
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest reader(target);
  IoRequest writer(source);
  Nop nop(loop());
  Timer timer(loop());
  IoRecorder io;
  VoidRecorder nopped;
  TimerRecorder fired;
  std::string buffer(16, '\0');
  reader.read(space_of(buffer), bind(io));
  writer.write(bytes_of("hello"), bind(io));
  nop.submit(bind(nopped));
  timer.after(1ms, bind(fired));
  EXPECT_EQ(log.order, (std::vector{reader.generation(), writer.generation(), nop.generation(), timer.generation()}));
  ASSERT_TRUE(is_value(loop().run(), 4));
  ASSERT_EQ(log.entries.size(), 4U);
  for (const auto& [id, entry] : log.entries)
    EXPECT_TRUE(entry.done) << id;
  EXPECT_EQ(log.of(reader).operation, Operation::read);
  EXPECT_EQ(log.of(reader).result, 5);
  EXPECT_EQ(log.of(reader).fd, pipe.read.get());
  EXPECT_EQ(log.of(writer).result, 5);
  EXPECT_EQ(log.of(writer).fd, pipe.write.get());
  EXPECT_EQ(log.of(nop).fd, -1);
  EXPECT_GE(log.of(timer).completed - log.of(timer).submitted, 1ms);
}

TEST_P(Observers, SeeCanceledAsAnErrnoAndTheEndAsZero) {
  Log log;
  PipeEnds pipe = make_pipe();
  remake_loop({.observer = &log});
  File target(loop(), File::borrow(pipe.read.get()));
  IoRequest ended(target);
  IoRequest canceled(target);
  Timer timer(loop());
  IoRecorder io;
  TimerRecorder fired;
  std::string buffer(16, '\0');
  pipe.write.reset();
  ended.read(space_of(buffer), bind(io));
  target.pause(Direction::read);  // What never began is certainly cancelled; otherwise the end may win.
  canceled.read(space_of(buffer), bind(io));
  canceled.cancel();
  timer.after(1h, bind(fired));
  timer.cancel();
  ASSERT_TRUE(is_value(loop().run(), 3));
  EXPECT_EQ(log.of(ended).result, 0);
  EXPECT_EQ(log.of(canceled).result, -ECANCELED);
  EXPECT_EQ(log.of(timer).result, -ECANCELED);
}

TEST_P(Observers, SeeEachRearmAsAnOperationOfItsOwn) {
  Log log;
  remake_loop({.observer = &log});
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] { return done.calls < 3 ? Action::rearm : Action::disarm; };
  nop.submit(bind(done));
  ASSERT_TRUE(is_value(loop().run(), 3));
  EXPECT_EQ(log.entries.size(), 3U);
}

TEST_P(Observers, SeeTheCompletionBeforeTheCallbackRuns) {
  Log log;
  remake_loop({.observer = &log});
  Nop nop(loop());
  VoidRecorder done;
  done.then = [&] {
    EXPECT_TRUE(log.entries.at(nop.generation()).done);
    return Action::disarm;
  };
  nop.submit(bind(done));
  ASSERT_TRUE(is_value(loop().run(), 1));
}

EVT_CONTRACT_SUITE(Counters);

TEST_P(Counters, CountOperationsAndBytesByKind) {
  PipeEnds pipe = make_pipe();
  PipeEnds second = make_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File middle(loop(), File::borrow(pipe.read.get()));
  File sink(loop(), File::borrow(second.write.get()));
  IoRequest writer(source);
  IoRequest splicer(middle);
  IoRequest reader(middle);
  IoRecorder done;
  std::string buffer(40, '\0');
  const std::string data = pattern(100);
  writer.write(bytes_of(data), bind(done));
  ASSERT_TRUE(loop().run());
  reader.read_exact(space_of(buffer), bind(done));
  splicer.splice(sink, 1000, bind(done));
  ASSERT_TRUE(loop().run());
  const Statistics seen = loop().statistics();
  const auto count = [&](Operation operation) { return seen.operations[static_cast<std::size_t>(operation)]; };
  EXPECT_EQ(count(Operation::write), 1U);
  EXPECT_EQ(count(Operation::read_exact), 1U);
  EXPECT_EQ(count(Operation::splice), 1U);
  EXPECT_EQ(count(Operation::read), 0U);
  EXPECT_EQ(seen.bytes_written, 160U);
  EXPECT_EQ(seen.bytes_read, 100U);
  EXPECT_GT(seen.turns, 0U);
  EXPECT_GT(seen.kernel_entries, 0U);
}

TEST_P(Counters, CountWhatAFailedWriteMoved) {
  PipeEnds pipe = make_small_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  IoRequest writer(source);
  IoRecorder done;
  const std::string data = pattern(10'000);
  writer.write(bytes_of(data), bind(done));
  ASSERT_TRUE(run_until([&] { return writer.transferred() == 4096; }));
  writer.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  EXPECT_EQ(loop().statistics().bytes_written, 4096U);
}

}  // namespace
}  // namespace evt::contract
