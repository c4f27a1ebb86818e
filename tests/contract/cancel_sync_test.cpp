/// cancel_sync(): idle at once and without a callback, in every state; the real result is handed back if it won.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <deque>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(CancelSync);

TEST_P(CancelSync, OfAPendingReadReturnsIdleWithNothingAndNeverCallsBack) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_FALSE(reader.request.cancel_sync());
  EXPECT_TRUE(reader.request.idle());
  feed(pipe.write, "nobody reads this");
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
  EXPECT_EQ(reader.buffer, std::string(16, '\0')) << "the buffer was written to afterwards";
  EXPECT_EQ(drain(pipe.read), "nobody reads this");
}

TEST_P(CancelSync, OfARequestJustSubmittedReturnsIdle) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  EXPECT_FALSE(reader.request.cancel_sync());
  EXPECT_TRUE(reader.request.idle());
  EXPECT_EQ(turns(), 0u);
  EXPECT_EQ(reader.done.calls, 0);
}

TEST_P(CancelSync, OfAQueuedRequestLeavesTheOrderOfTheOthers) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::deque<Reader> readers;
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(readers.emplace_back(file, 1).read());
  turns();
  EXPECT_FALSE(readers[1].request.cancel_sync());
  EXPECT_TRUE(readers[1].request.idle());
  feed(pipe.write, "abc");
  ASSERT_TRUE(run_until_called(readers[3].done));
  EXPECT_EQ(readers[0].text() + readers[2].text() + readers[3].text(), "abc");
  EXPECT_EQ(readers[1].done.calls, 0);
}

TEST_P(CancelSync, OfTheOneInFlightLetsTheNextGo) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 8};
  Reader second{file, 8};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  turns();
  EXPECT_FALSE(first.request.cancel_sync());
  feed(pipe.write, "next");
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_EQ(second.text(), "next");
  EXPECT_EQ(first.done.calls, 0);
}

TEST_P(CancelSync, OfAReadyRequestHandsBackItsResult) {
  remake_loop({.budget = 1});
  PipeEnds pipe = make_pipe();
  const std::string sent = pattern(4000);
  feed(pipe.write, sent);
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(make_ready(reader.request, [&] { reader.read(); }));
  const int before = reader.done.calls;
  const auto result = reader.request.cancel_sync();
  ASSERT_TRUE(result);
  EXPECT_TRUE(is_value(*result, 8));
  EXPECT_TRUE(reader.request.idle());
  turns(10);
  EXPECT_EQ(reader.done.calls, before);
  EXPECT_EQ(reader.text(), sent.substr(static_cast<std::size_t>(before) * 8, 8));
}

TEST_P(CancelSync, OfAReadyEofHandsBackTheError) {
  remake_loop({.budget = 1});
  PipeEnds pipe = make_pipe();
  pipe.write.reset();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(make_ready(reader.request, [&] { reader.read(); }));
  const auto result = reader.request.cancel_sync();
  ASSERT_TRUE(result);
  ASSERT_FALSE(result->has_value());
  EXPECT_TRUE(is_error(result->error(), Errc::eof));
}

TEST_P(CancelSync, OfACanceledRequestEndsItWithoutACallback) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  reader.request.cancel();
  EXPECT_FALSE(reader.request.cancel_sync());
  EXPECT_TRUE(reader.request.idle());
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
}

TEST_P(CancelSync, OfAnIdleRequestReturnsNothingAndLeavesTheNextOperation) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  EXPECT_FALSE(reader.request.cancel_sync());
  ASSERT_TRUE(reader.read());
  feed(pipe.write, "fine");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 4));
  EXPECT_FALSE(reader.request.cancel_sync()) << "a result that was delivered is not handed back again";
}

TEST_P(CancelSync, OnlyQueuesTheCompletionsOfOthers) {
  PipeEnds pipe = make_pipe();
  PipeEnds other = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  File other_file{loop(), File::borrow(other.read.get())};
  Reader reader{file, 8};
  Reader bystander{other_file, 8};
  Nop nop{loop()};
  VoidRecorder nopped;
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(bystander.read());
  turns();
  feed(other.write, "news");
  ASSERT_TRUE(nop.submit(bind(nopped)));
  loop().prepare();
  EXPECT_FALSE(reader.request.cancel_sync());
  EXPECT_EQ(bystander.done.calls, 0) << "called inside cancel_sync()";
  EXPECT_EQ(nopped.calls, 0) << "called inside cancel_sync()";
  ASSERT_TRUE(run_until_called(bystander.done));
  ASSERT_TRUE(run_until_called(nopped));
  turns();
  EXPECT_EQ(nopped.calls, 1);
  EXPECT_TRUE(completed_with(bystander.done, 4));
  EXPECT_EQ(bystander.text(), "news");
}

TEST_P(CancelSync, LeavesTheRequestAndItsBufferForTheNextOperation) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  std::string elsewhere(8, '\0');
  for (int round = 1; round <= 20; ++round) {
    ASSERT_TRUE(reader.read());
    if (round % 2 == 0) turns(1);
    ASSERT_FALSE(reader.request.cancel_sync());
    ASSERT_TRUE(reader.request.read(space_of(elsewhere), bind(reader.done)));
    feed(pipe.write, std::to_string(round));
    ASSERT_TRUE(run_until_called(reader.done, round));
    ASSERT_EQ(reader.done.calls, round);
    ASSERT_EQ(elsewhere.substr(0, reader.request.transferred()), std::to_string(round));
    ASSERT_EQ(reader.buffer, std::string(8, '\0'));
  }
}

TEST_P(CancelSync, WorksInsideACallbackOfAnother) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  Nop nop{loop()};
  VoidRecorder done;
  bool idle = false;
  done.then = [&] {
    EXPECT_FALSE(reader.request.cancel_sync());
    idle = reader.request.idle();
    return Action::disarm;
  };
  ASSERT_TRUE(nop.submit(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  turns(10);
  EXPECT_TRUE(idle);
  EXPECT_EQ(reader.done.calls, 0);
}

TEST_P(CancelSync, LosesNoByteOfAReadThatRacesWithData) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 3};
  std::string sent;
  std::string received;
  for (int round = 0; round < 300; ++round) {
    ASSERT_TRUE(reader.read());
    if (round % 3 != 0) turns(1);
    if (reader.request.idle()) {
      received += reader.text();
    } else {
      const std::string piece = "<" + std::to_string(round) + ">";
      feed(pipe.write, piece);
      sent += piece;
      if (round % 2 == 0) loop().prepare();
      const auto result = reader.request.cancel_sync();
      if (result) {
        ASSERT_TRUE(*result) << result->error().message();
        received += reader.text();
      }
    }
    if (round % 5 == 0) received += drain(pipe.read);
  }
  received += drain(pipe.read);
  EXPECT_EQ(received, sent);
}

TEST_P(CancelSync, OfAPartialWriteSaysHowMuchWentOutAndWritesNoMore) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, pattern(60'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 1000);
    return received.size() >= 9000;
  }));
  EXPECT_FALSE(writer.request.cancel_sync());
  const std::size_t out = writer.request.transferred();
  const std::string source = writer.text;
  writer.text.assign(writer.text.size(), '?');
  received += drain(pipe.read);
  turns(10);
  received += drain(pipe.read);
  EXPECT_EQ(received.size(), out);
  EXPECT_TRUE(received == source.substr(0, out));
  EXPECT_EQ(writer.done.calls, 0);
}

TEST_P(CancelSync, OfAWriteToAFullSocketWhosePeerSendsNoMore) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  ASSERT_EQ(shutdown(sockets.far.get(), SHUT_WR), 0);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, "blocked"};
  ASSERT_TRUE(writer.write());
  turns();
  EXPECT_FALSE(writer.request.cancel_sync());
  EXPECT_TRUE(writer.request.idle());
  ASSERT_TRUE(writer.request.writable(bind(writer.done)));
  turns();
  EXPECT_FALSE(writer.request.cancel_sync());
  EXPECT_EQ(writer.done.calls, 0);
}

TEST_P(CancelSync, OfAFileReadGivesTheBufferBack) {
  const Fd descriptor = make_file(pattern(1'000'000));
  File file{loop(), File::borrow(descriptor.get())};
  Reader reader{file, 500'000};
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 0, bind(reader.done)));
    if (round % 2 == 0) loop().prepare();
    const auto result = reader.request.cancel_sync();
    ASSERT_TRUE(reader.request.idle());
    if (result) {
      ASSERT_TRUE(is_value(*result, 500'000));
    }
    reader.buffer.assign(reader.buffer.size(), '-');
    turns(2);
    ASSERT_EQ(reader.buffer.find_first_not_of('-'), std::string::npos) << "written to after cancel_sync()";
  }
  EXPECT_EQ(reader.done.calls, 0);
}

TEST_P(CancelSync, HandsBackADescriptorThatWasOpened) {
  remake_loop({.budget = 1});
  OpenRequest request{loop()};
  OpenRecorder done;
  ASSERT_TRUE(make_ready(request, [&] { request.open("/dev/null", {.flags = O_RDONLY}, bind(done)); }));
  const int before = done.calls;
  auto result = request.cancel_sync();
  ASSERT_TRUE(result);
  ASSERT_TRUE(*result) << result->error().message();
  EXPECT_NE(fcntl((*result)->get(), F_GETFD), -1);
  turns();
  EXPECT_EQ(done.calls, before);
}

}  // namespace
}  // namespace evt::contract
