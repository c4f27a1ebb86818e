/// cancel() and request_cancel(): idempotent in every state, never inline, and no byte is lost.
#include "contract/fixture.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <thread>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Cancel);

TEST_P(Cancel, CompletesThePendingReadWithCanceled) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  reader.request.cancel();
  EXPECT_EQ(reader.done.calls, 0) << "called inside cancel()";
  EXPECT_FALSE(reader.request.idle());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  EXPECT_TRUE(is_error(reader.done.result->error(), std::errc::operation_canceled));
  EXPECT_TRUE(reader.request.idle());
}

TEST_P(Cancel, IsIdempotentWhileTheOperationEnds) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  for (int i = 0; i < 3; ++i)
    reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  reader.request.cancel();
  turns();
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
}

TEST_P(Cancel, OfARequestJustSubmittedCompletesIt) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  reader.request.cancel();
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_TRUE(run_until_called(reader.done));
  turns();
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
}

TEST_P(Cancel, OfAnIdleRequestDoesNotTouchTheNextOperation) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  reader.request.cancel();
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(reader.done.calls, 0);
  feed(pipe.write, "lives");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 5));
  reader.request.cancel();
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(reader.done.calls, 1);
}

TEST_P(Cancel, OfAReadyRequestLeavesItsResult) {
  remake_loop({.budget = 1});
  PipeEnds pipe = make_pipe();
  feed(pipe.write, pattern(4000));
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(make_ready(reader.request, [&] { reader.read(); }));
  const int before = reader.done.calls;
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done, before + 1));
  turns();
  EXPECT_EQ(reader.done.calls, before + 1);
  EXPECT_TRUE(is_value(*reader.done.result, 8));
}

TEST_P(Cancel, OfAQueuedRequestLeavesTheOrderOfTheOthers) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::deque<Reader> readers;
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(readers.emplace_back(file, 1).read());
  turns();
  readers[1].request.cancel();
  readers[3].request.cancel();
  EXPECT_EQ(readers[1].done.calls, 0);
  ASSERT_TRUE(run_until_called(readers[3].done));
  EXPECT_TRUE(failed_with(readers[1].done, Errc::canceled));
  EXPECT_TRUE(failed_with(readers[3].done, Errc::canceled));
  EXPECT_EQ(readers[0].request.state(), Request::State::in_flight);
  feed(pipe.write, "abc");
  ASSERT_TRUE(run_until_called(readers[4].done));
  EXPECT_EQ(readers[0].text() + readers[2].text() + readers[4].text(), "abc");
}

TEST_P(Cancel, OfTheOneInFlightLetsTheNextGo) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 8};
  Reader second{file, 8};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  turns();
  first.request.cancel();
  feed(pipe.write, "whose");
  ASSERT_TRUE(run_until_called(first.done));
  if (first.done.result->has_value()) {
    // Data won over cancel(); the next one still gets its turn.
    EXPECT_EQ(first.text(), "whose");
    feed(pipe.write, "second");
    ASSERT_TRUE(run_until_called(second.done));
    EXPECT_EQ(second.text(), "second");
  } else {
    ASSERT_TRUE(run_until_called(second.done));
    EXPECT_EQ(second.text(), "whose");
  }
}

TEST_P(Cancel, LosesNoByteOfAReadThatRacesWithData) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 3};
  std::string sent;
  std::string received;
  for (int round = 0; round < 300; ++round) {
    const int calls = reader.done.calls;
    ASSERT_TRUE(reader.read());
    if (round % 3 != 0) turns(1);
    const std::string piece = "<" + std::to_string(round) + ">";
    if (round % 2 == 0) feed(pipe.write, piece);
    reader.request.cancel();
    if (round % 2 == 1) feed(pipe.write, piece);
    sent += piece;
    ASSERT_TRUE(run_until_called(reader.done, calls + 1));
    if (reader.done.result->has_value()) {
      received += reader.text();
    } else {
      ASSERT_TRUE(is_error(reader.done.result->error(), Errc::canceled));
      ASSERT_EQ(reader.request.transferred(), 0u);
    }
    if (round % 7 == 0) received += drain(pipe.read);
  }
  received += drain(pipe.read);
  EXPECT_EQ(received, sent);
}

TEST_P(Cancel, OfAReadExactKeepsWhatCameInTheBuffer) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 10};
  ASSERT_TRUE(reader.read_exact());
  feed(sockets.far, "123");
  ASSERT_TRUE(run_until([&] { return !has_input(sockets.near); }));
  turns(10);
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  EXPECT_EQ(reader.text(), "123");
  feed(sockets.far, "rest");
  turns();
  EXPECT_EQ(drain(sockets.near), "rest");
}

TEST_P(Cancel, OfAPartialWriteKeepsTransferredTrue) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, pattern(60'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 1000);
    return received.size() >= 9000;
  }));
  writer.request.cancel();
  ASSERT_TRUE(run_until_called(writer.done));
  received += drain(pipe.read);
  turns();
  received += drain(pipe.read);
  EXPECT_TRUE(failed_with(writer.done, Errc::canceled));
  EXPECT_EQ(writer.request.transferred(), received.size());
  EXPECT_LT(received.size(), writer.text.size());
  EXPECT_TRUE(received == writer.text.substr(0, received.size()));
}

TEST_P(Cancel, LeavesTheRequestReusable) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(reader.read());
    turns();
    reader.request.cancel();
    ASSERT_TRUE(run_until_called(reader.done, round));
  }
  ASSERT_TRUE(reader.read_exact());
  turns();
  feed(pipe.write, "in more ");
  turns();
  feed(pipe.write, "than one");
  ASSERT_TRUE(run_until_called(reader.done, 4));
  turns();
  EXPECT_EQ(reader.done.calls, 4);
  EXPECT_TRUE(is_value(*reader.done.result, 16)) << "the mark of the cancellation before";
  EXPECT_EQ(reader.text(), "in more than one");
}

TEST_P(Cancel, OfAReadLeavesTheWriteOfTheSameFileAlone) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  std::string received;
  const std::string filling = fill(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 8};
  Writer writer{file, "survives"};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  turns();
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  EXPECT_EQ(writer.done.calls, 0);
  ASSERT_TRUE(run_until([&] {
    received += drain(sockets.far);
    return received.size() >= filling.size() + writer.text.size();
  }));
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(writer.done, 8));
  EXPECT_TRUE(received == filling + writer.text);
}

TEST_P(Cancel, InACallbackOfAnotherCompletesOnce) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  Nop nop{loop()};
  VoidRecorder done;
  int inside = -1;
  done.then = [&] {
    reader.request.cancel();
    inside = reader.done.calls;
    return Action::disarm;
  };
  ASSERT_TRUE(nop.submit(bind(done)));
  ASSERT_TRUE(run_until_called(reader.done));
  turns();
  EXPECT_EQ(inside, 0) << "called inside cancel()";
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
}

TEST_P(Cancel, OfAHundredRequestsCompletesThemAll) {
  remake_loop({.entries = 4});
  std::deque<PipeEnds> pipes;
  std::deque<File> files;
  std::deque<Reader> readers;
  for (int i = 0; i < 100; ++i) {
    pipes.push_back(make_pipe());
    files.emplace_back(loop(), File::borrow(pipes.back().read.get()));
    ASSERT_TRUE(readers.emplace_back(files.back(), 8).read());
  }
  turns();
  for (Reader& each : readers)
    each.request.cancel();
  ASSERT_TRUE(
      run_until([&] { return std::ranges::all_of(readers, [](const Reader& each) { return each.done.calls > 0; }); }));
  turns();
  for (const Reader& each : readers)
    EXPECT_TRUE(failed_with(each.done, Errc::canceled));
}

TEST_P(Cancel, OfANopCompletesItEitherWay) {
  Nop nop{loop()};
  VoidRecorder done;
  for (int round = 1; round <= 50; ++round) {
    ASSERT_TRUE(nop.submit(bind(done)));
    if (round % 2 == 0) loop().prepare();
    nop.cancel();
    ASSERT_TRUE(run_until_called(done, round));
    ASSERT_EQ(done.calls, round);
    if (!*done.result) {
      EXPECT_TRUE(is_error(done.result->error(), Errc::canceled));
    }
  }
}

TEST_P(Cancel, ByTicketWorksFromAnotherThread) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  const Ticket ticket = reader.read();
  ASSERT_TRUE(ticket);
  turns();
  std::thread other([&] { EXPECT_TRUE(loop().request_cancel(ticket)); });
  ASSERT_TRUE(loop().run(RunMode::once));
  other.join();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
}

TEST_P(Cancel, ByAStaleTicketDoesNothing) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  const Ticket stale = reader.read();
  feed(pipe.write, "1");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(loop().request_cancel(stale));  // Of an idle request.
  turns();
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_TRUE(loop().request_cancel(stale));  // Of the next activation.
  EXPECT_TRUE(loop().request_cancel(Ticket()));
  turns(10);
  EXPECT_EQ(reader.done.calls, 1);
  feed(pipe.write, "22");
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_TRUE(is_value(*reader.done.result, 2));
}

TEST_P(Cancel, ByTheTicketOfADestroyedRequestDoesNothing) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Ticket stale;
  {
    Reader gone{file, 8};
    stale = gone.read();
    turns();
  }
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_TRUE(loop().request_cancel(stale));
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
}

}  // namespace
}  // namespace evt::contract
