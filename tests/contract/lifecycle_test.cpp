/// The life of a request: one completion per submission, from Loop::run only; busy, reuse, rearm and disarm.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Lifecycle);

TEST_P(Lifecycle, NeverCallsBackInsideTheCallThatSubmits) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "ready before it is asked for");
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 5};
  ASSERT_TRUE(reader.read());
  EXPECT_EQ(reader.done.calls, 0);
  EXPECT_FALSE(reader.request.idle());
  loop().prepare();
  EXPECT_EQ(reader.done.calls, 0) << "called by prepare()";
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 5));
  EXPECT_TRUE(reader.request.idle());
}

TEST_P(Lifecycle, CompletesExactlyOncePerSubmission) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  feed(pipe.write, "first");
  ASSERT_TRUE(run_until_called(reader.done));
  feed(pipe.write, "second");
  EXPECT_EQ(turns(10), 0u);
  EXPECT_TRUE(completed_with(reader.done, 5));
  EXPECT_EQ(drain(pipe.read), "second");
}

TEST_P(Lifecycle, RefusesAnInFlightRequestAsBusyAndLeavesItAlone) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  IoRecorder other;
  std::string elsewhere(16, '-');
  const Ticket ticket = reader.request.read(space_of(elsewhere), bind(other));
  EXPECT_FALSE(ticket);
  EXPECT_TRUE(is_error(ticket.error(), Errc::busy));
  feed(pipe.write, "mine");
  ASSERT_TRUE(run_until_called(reader.done));
  turns();
  EXPECT_TRUE(completed_with(reader.done, 4));
  EXPECT_EQ(reader.text(), "mine");
  EXPECT_EQ(other.calls, 0);
  EXPECT_EQ(elsewhere, std::string(16, '-'));
}

TEST_P(Lifecycle, RefusesAQueuedAndACancelingRequestAsBusy) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 1};
  Reader queued{file, 1};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(queued.read());
  turns();
  ASSERT_EQ(queued.request.state(), Request::State::queued);
  EXPECT_TRUE(is_error(queued.read().error(), Errc::busy));
  first.request.cancel();
  EXPECT_TRUE(is_error(first.read().error(), Errc::busy));
  ASSERT_TRUE(run_until_called(first.done));
  feed(pipe.write, "q");
  ASSERT_TRUE(run_until_called(queued.done));
  EXPECT_TRUE(completed_with(queued.done, 1));
  EXPECT_TRUE(failed_with(first.done, Errc::canceled));
}

TEST_P(Lifecycle, RefusesAReadyRequestAsBusyAndKeepsItsResult) {
  remake_loop({.budget = 1});
  PipeEnds pipe = make_pipe();
  feed(pipe.write, pattern(4000));
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(make_ready(reader.request, [&] { reader.read(); }));
  const int before = reader.done.calls;
  EXPECT_TRUE(is_error(reader.read().error(), Errc::busy));
  ASSERT_TRUE(run_until_called(reader.done, before + 1));
  EXPECT_TRUE(is_value(*reader.done.result, 8));
}

TEST_P(Lifecycle, IsIdleInItsOwnCallback) {
  Nop nop{loop()};
  VoidRecorder done;
  bool idle = false;
  done.then = [&] {
    idle = nop.idle();
    return Action::disarm;
  };
  ASSERT_TRUE(nop.submit(bind(done)));
  EXPECT_FALSE(nop.idle());
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(idle);
}

TEST_P(Lifecycle, KeepsTheUserPointerAcrossReuse) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 4};
  int mine = 0;
  reader.request.set_user(&mine);
  void* seen = nullptr;
  reader.done.then = [&] {
    seen = reader.request.user();
    return Action::disarm;
  };
  feed(sockets.far, "ping");
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(seen, &mine);
  ASSERT_TRUE(reader.request.write_inline(bytes_of("pong"), bind(reader.done)));
  ASSERT_TRUE(run_until_called(reader.done, 2));
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_FALSE(reader.request.cancel_sync());
  EXPECT_EQ(reader.request.user(), &mine);
}

TEST_P(Lifecycle, RearmRepeatsExactlyTheSameOperation) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "abcdef");
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 2};
  std::string all;
  reader.done.then = [&] {
    all += reader.text();
    return reader.done.calls < 3 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done, 3));
  turns();
  EXPECT_EQ(reader.done.calls, 3);
  EXPECT_EQ(all, "abcdef");
  EXPECT_TRUE(reader.request.idle());
}

TEST_P(Lifecycle, RearmedReadExactAndWritevStartFromTheirBeginning) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 5};
  reader.done.then = [&] { return reader.done.calls < 2 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(reader.read_exact());
  feed(sockets.far, "onetwotwo!");
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_EQ(reader.text(), "otwo!");
  EXPECT_TRUE(is_value(*reader.done.result, 5));

  std::string left = "left-";
  std::string right = "right;";
  const iovec vectors[] = {{left.data(), left.size()}, {right.data(), right.size()}};
  IoRequest writer{file};
  IoRecorder wrote;
  wrote.then = [&] { return wrote.calls < 2 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(writer.writev(vectors, bind(wrote)));
  ASSERT_TRUE(run_until_called(wrote, 2));
  EXPECT_TRUE(is_value(*wrote.result, 11));
  EXPECT_EQ(drain(sockets.far), "left-right;left-right;");
}

TEST_P(Lifecycle, ARearmedRequestGoesBehindTheOthersInItsQueue) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::vector<std::string> order;
  Reader again{file, 1};
  Reader other{file, 1};
  again.log_to(order, "again");
  other.log_to(order, "other");
  again.done.then = [&] { return again.done.calls < 2 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(again.read());
  ASSERT_TRUE(other.read());
  feed(pipe.write, "123");
  ASSERT_TRUE(run_until_called(again.done, 2));
  EXPECT_EQ(order, (std::vector<std::string>{"again", "other", "again"}));
  EXPECT_EQ(other.text(), "2");
  EXPECT_EQ(again.text(), "3");
}

TEST_P(Lifecycle, ARearmedRequestCanBeCanceled) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  reader.done.then = [&] { return reader.done.calls == 1 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(reader.read());
  feed(pipe.write, "once");
  ASSERT_TRUE(run_until_called(reader.done));
  turns();
  ASSERT_FALSE(reader.request.idle());
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_TRUE(is_error(reader.done.result->error(), Errc::canceled));
}

TEST_P(Lifecycle, ADisarmedRequestTakesAnotherOperationInItsCallback) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  IoRecorder echoed;
  reader.done.then = [&] {
    const std::span<const std::byte> heard = bytes_of(reader.buffer).first(**reader.done.result);
    EXPECT_TRUE(reader.request.write(heard, bind(echoed)));
    EXPECT_EQ(reader.request.operation(), Operation::write);
    return Action::disarm;
  };
  ASSERT_TRUE(reader.read());
  feed(sockets.far, "echo");
  ASSERT_TRUE(run_until_called(echoed));
  EXPECT_TRUE(completed_with(echoed, 4));
  EXPECT_EQ(reader.done.calls, 1);
  EXPECT_EQ(drain(sockets.far), "echo");
}

TEST_P(Lifecycle, ADisarmedRequestMayBeDestroyedInItsCallback) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "x");
  File file{loop(), File::borrow(pipe.read.get())};
  alignas(IoRequest) std::byte place[sizeof(IoRequest)];
  auto* request = new (place) IoRequest(file);
  char byte = 0;
  int calls = 0;
  auto done = [&](IoRequest& self, Result<std::size_t> result) {
    ++calls;
    EXPECT_TRUE(is_value(result, 1));
    self.~IoRequest();
    std::memset(place, 0xee, sizeof place);
    return Action::disarm;
  };
  ASSERT_TRUE(request->read(std::as_writable_bytes(std::span(&byte, 1)), bind(done)));
  ASSERT_TRUE(run_until([&] { return calls > 0; }));
  turns();
  EXPECT_EQ(calls, 1);
  for (const std::byte each : place)
    ASSERT_EQ(each, std::byte{0xee}) << "the loop wrote to a request that is gone";
}

TEST_P(Lifecycle, EveryActivationHasItsOwnGeneration) {
  Nop nop{loop()};
  Nop other{loop()};
  VoidRecorder done;
  std::vector<std::uint64_t> generations;
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(nop.submit(bind(done)));
    ASSERT_TRUE(other.submit(bind(done)));
    generations.push_back(nop.generation());
    generations.push_back(other.generation());
    ASSERT_TRUE(run_until_called(done, 2 * (round + 1)));
  }
  for (std::size_t i = 1; i < generations.size(); ++i)
    EXPECT_GT(generations[i], generations[i - 1]);
}

TEST_P(Lifecycle, AThousandRequestsCompleteOnceEachThroughOneSubmissionEntry) {
  remake_loop({.entries = 1});
  constexpr std::size_t count = 1000;
  std::vector<std::unique_ptr<Nop>> nops;
  std::vector<VoidRecorder> done(count);
  for (std::size_t i = 0; i < count; ++i) {
    nops.push_back(std::make_unique<Nop>(loop()));
    ASSERT_TRUE(nops[i]->submit(bind(done[i])));
  }
  ASSERT_TRUE(run_until([&] {
    turns(1);
    return std::ranges::all_of(done, [](const VoidRecorder& each) { return each.calls > 0; });
  }));
  turns();
  for (const VoidRecorder& each : done)
    EXPECT_EQ(each.calls, 1);
}

TEST_P(Lifecycle, AChainOfInlineCompletionsRunsInConstantStack) {
  const Fd zero(open("/dev/zero", O_RDONLY | O_CLOEXEC));
  File file{loop(), File::borrow(zero.get())};
  Reader reader{file, 16};
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
  reader.done.then = [&] {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
    if (reader.done.calls < 20'000) {
      EXPECT_TRUE(reader.read());
    }
    return Action::disarm;
  };
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done, 20'000));
  EXPECT_LT(highest - lowest, 4096u);
}

TEST_P(Lifecycle, RunCountsTheCallbacksItMade) {
  Nop first{loop()};
  Nop second{loop()};
  VoidRecorder done;
  done.then = [&] { return done.calls == 1 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(first.submit(bind(done)));
  ASSERT_TRUE(second.submit(bind(done)));
  const auto ran = loop().run(RunMode::until_done);
  EXPECT_TRUE(is_value(ran, 3));
  EXPECT_EQ(done.calls, 3);
}

TEST_P(Lifecycle, AnUnreferencedRequestDoesNotKeepTheLoopGoing) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  EXPECT_TRUE(reader.request.referenced());
  reader.request.unref();
  ASSERT_TRUE(reader.read());
  Nop nop{loop()};
  VoidRecorder ticked;
  ASSERT_TRUE(nop.submit(bind(ticked)));
  EXPECT_TRUE(is_value(loop().run(RunMode::until_done), 1));
  EXPECT_EQ(ticked.calls, 1);
  EXPECT_EQ(reader.done.calls, 0);
  feed(pipe.write, "still");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "still");
}

TEST_P(Lifecycle, RefTakesEffectOnABusyRequest) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  reader.request.unref();
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(loop().run(RunMode::until_done));
  ASSERT_EQ(reader.done.calls, 0);
  reader.request.ref();
  feed(pipe.write, "kept");
  ASSERT_TRUE(loop().run(RunMode::until_done));
  EXPECT_TRUE(completed_with(reader.done, 4));

  // And back: what is unreferenced while busy lets run() return.
  ASSERT_TRUE(reader.read());
  reader.request.unref();
  EXPECT_TRUE(is_value(loop().run(RunMode::until_done), 0));
}

}  // namespace
}  // namespace evt::contract
