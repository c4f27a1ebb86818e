/// recv and send on connections: everything goes, slow readers, peeking, resets, urgent data, signals.
#include "contract/sockets.hpp"

#include <csignal>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Stream);

/// A recv with all it needs.
struct Receiver {
  IoRecorder done;
  std::string buffer;
  IoRequest request;

  Receiver(File& file, std::size_t size) : buffer(size, '\0'), request(file) {}
  Ticket recv(int flags = 0) { return request.recv(space_of(buffer), bind(done), flags); }
  std::string text() const { return buffer.substr(0, request.transferred()); }
};

/// A send with all it needs.
struct Sender {
  IoRecorder done;
  std::string text;
  IoRequest request;

  Sender(File& file, std::string source) : text(std::move(source)), request(file) {}
  Ticket send(int flags = 0) { return request.send(bytes_of(text), bind(done), flags); }
};

TEST_P(Stream, RecvDeliversWhatIsThereAndTheEnd) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Receiver receiver{file, 100};
  ASSERT_TRUE(receiver.recv());
  turns();
  EXPECT_EQ(receiver.done.calls, 0);
  feed(sockets.far, "some");
  ASSERT_TRUE(run_until_called(receiver.done));
  EXPECT_TRUE(completed_with(receiver.done, 4));
  EXPECT_EQ(receiver.text(), "some");
  sockets.far.reset();
  ASSERT_TRUE(receiver.recv());
  ASSERT_TRUE(run_until_called(receiver.done, 2));
  ASSERT_FALSE(*receiver.done.result);
  EXPECT_TRUE(is_error(receiver.done.result->error(), Errc::eof));
  EXPECT_STREQ(receiver.done.result->error().operation, "recv");
}

TEST_P(Stream, SendMovesEverythingOverASlowReader) {
  for (const bool tcp : {true, false}) {
    SocketPair sockets = tcp ? make_tcp_pair() : make_socket_pair(SOCK_STREAM);
    if (!tcp) shrink_buffers(sockets.near);  // TCP with such buffers waits for its own timers.
    File file{loop(), File::borrow(sockets.near.get())};
    Sender sender{file, pattern(tcp ? 8'000'000 : 300'000)};
    Sender behind{file, "|behind"};
    ASSERT_TRUE(sender.send());
    ASSERT_TRUE(behind.send());
    std::string all;
    std::size_t step = 1;
    ASSERT_TRUE(run_until([&] {
      step = step * 7 % (tcp ? 500'009 : 5003);
      all += drain(sockets.far, step);
      return all.size() == sender.text.size() + 7;
    }));
    ASSERT_TRUE(run_until_called(behind.done));
    EXPECT_EQ(sender.done.calls, 1);
    EXPECT_TRUE(completed_with(sender.done, sender.text.size()));
    EXPECT_EQ(all, sender.text + behind.text);
  }
}

TEST_P(Stream, APeekLeavesWhatItSawToTheNextAndTheRest) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Receiver peek{file, 3};
  Receiver wide{file, 100};
  Receiver all{file, 100};
  ASSERT_TRUE(peek.recv(MSG_PEEK));
  ASSERT_TRUE(wide.recv(MSG_PEEK));
  ASSERT_TRUE(all.recv());
  turns();
  EXPECT_EQ(peek.done.calls, 0) << "a peek waits too";
  feed(sockets.far, "peekaboo");
  ASSERT_TRUE(run_until_called(all.done));
  EXPECT_EQ(peek.text(), std::string("pee").substr(0, peek.text().size()));
  EXPECT_EQ(wide.text(), std::string("peekaboo").substr(0, wide.text().size()));
  EXPECT_EQ(all.text() + drain(sockets.near), "peekaboo");
}

TEST_P(Stream, AResetEndsAPendingRecvAndWhatFollows) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Receiver receiver{file, 16};
  Receiver next{file, 16};
  ASSERT_TRUE(receiver.recv());
  ASSERT_TRUE(next.recv());
  turns();
  reset_connection(sockets.far);
  ASSERT_TRUE(run_until_called(next.done));
  EXPECT_TRUE(failed_with(receiver.done, std::errc::connection_reset));
  EXPECT_TRUE(failed_with(next.done, Errc::eof)) << "the error is told once";
  Sender sender{file, "nobody"};
  ASSERT_TRUE(sender.send());
  ASSERT_TRUE(run_until_called(sender.done));
  EXPECT_TRUE(failed_with(sender.done, std::errc::broken_pipe));
}

TEST_P(Stream, AResetEndsASendThatWaitsAndSaysHowMuchWentOut) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Sender sender{file, pattern(std::size_t{16} << 20)};
  ASSERT_TRUE(sender.send());
  turns(20);
  EXPECT_EQ(sender.done.calls, 0);
  EXPECT_GT(sender.request.transferred(), 0u);
  reset_connection(sockets.far);
  ASSERT_TRUE(run_until_called(sender.done));
  EXPECT_TRUE(failed_with(sender.done, std::errc::connection_reset));
  EXPECT_GT(sender.request.transferred(), 0u);
  EXPECT_LT(sender.request.transferred(), sender.text.size());
}

TEST_P(Stream, UrgentDataIsNeitherDeliveredNorWakesAReader) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Receiver receiver{file, 16};
  ASSERT_TRUE(receiver.recv());
  turns();
  ASSERT_EQ(::send(sockets.far.get(), "!", 1, MSG_OOB), 1);
  turns(8);
  EXPECT_EQ(receiver.done.calls, 0);
  feed(sockets.far, "plain");
  std::string all;
  receiver.done.then = [&] {
    all += receiver.text();
    return all.size() < 5 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(run_until([&] { return all.size() >= 5; }));
  EXPECT_EQ(all, "plain");
}

TEST_P(Stream, UrgentDataThatLiesThereDoesNotKeepTheLoopTurning) {
  if (simulated()) GTEST_SKIP() << "its clock jumps over the wait";
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Receiver receiver{file, 16};
  ASSERT_TRUE(receiver.recv());
  turns();
  ASSERT_EQ(::send(sockets.far.get(), "!", 1, MSG_OOB), 1);
  turns();
  Timer timer{loop()};
  TimerRecorder over;
  ASSERT_TRUE(timer.after(50ms, bind(over)));
  const std::uint64_t before = loop().statistics().turns;
  while (over.calls == 0)
    ASSERT_TRUE(loop().run(RunMode::once));
  EXPECT_LE(loop().statistics().turns - before, 5u);
  EXPECT_EQ(receiver.done.calls, 0);
}

TEST_P(Stream, NobodyThereIsAnErrorAndNoSignal) {
  std::signal(SIGPIPE, SIG_DFL);  // It would end this program.
  for (const bool tcp : {true, false}) {
    SocketPair sockets = tcp ? make_tcp_pair() : make_socket_pair(SOCK_STREAM);
    File file{loop(), File::borrow(sockets.near.get())};
    sockets.far.reset();
    // Over TCP the first is answered by a reset, and the next knows.
    for (int count = 0; count < 3; ++count) {
      Sender sender{file, "hello"};
      ASSERT_TRUE(sender.send());
      ASSERT_TRUE(run_until_called(sender.done));
      turns();
    }
    Sender last{file, "hello"};
    ASSERT_TRUE(last.send());
    ASSERT_TRUE(run_until_called(last.done));
    EXPECT_TRUE(failed_with(last.done, std::errc::broken_pipe));
    EXPECT_STREQ(last.done.result->error().operation, "send");
  }
}

TEST_P(Stream, CancelOfARecvLosesNoByte) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  std::string all;
  std::string sent;
  for (int round = 0; round < 60; ++round) {
    Receiver receiver{file, 5};
    ASSERT_TRUE(receiver.recv());
    if (round % 3 != 0) turns(1);
    const std::string piece = "<" + std::to_string(round) + ">";
    feed(sockets.far, piece);
    sent += piece;
    receiver.request.cancel();
    ASSERT_TRUE(run_until_called(receiver.done));
    all += receiver.text();
    if (!*receiver.done.result) {
      EXPECT_TRUE(is_error(receiver.done.result->error(), Errc::canceled));
    }
  }
  EXPECT_EQ(all + drain(sockets.near), sent);
}

TEST_P(Stream, RecvAndReadShareOneQueueAsSendAndWriteDo) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  Receiver first{far, 1};
  Reader second{far, 1};
  Receiver third{far, 1};
  ASSERT_TRUE(first.recv());
  ASSERT_TRUE(second.read());
  ASSERT_TRUE(third.recv());
  Sender a{near, "a"};
  Writer b{near, "b"};
  Sender c{near, "c"};
  ASSERT_TRUE(a.send());
  ASSERT_TRUE(b.write());
  ASSERT_TRUE(c.send());
  ASSERT_TRUE(run_until_called(third.done));
  EXPECT_EQ(first.text() + second.text() + third.text(), "abc");
}

TEST_P(Stream, OnADescriptorThatIsNoSocketItIsEnotsock) {
  const PipeEnds pipe = make_pipe();
  File in{loop(), File::borrow(pipe.read.get())};
  File out{loop(), File::borrow(pipe.write.get())};
  Receiver receiver{in, 4};
  Sender sender{out, "text"};
  ASSERT_TRUE(receiver.recv());
  ASSERT_TRUE(sender.send());
  ASSERT_TRUE(run_until([&] { return receiver.done.calls > 0 && sender.done.calls > 0; }));
  EXPECT_TRUE(failed_with(receiver.done, std::errc::not_a_socket));
  EXPECT_TRUE(failed_with(sender.done, std::errc::not_a_socket));
}

}  // namespace
}  // namespace evt::contract
