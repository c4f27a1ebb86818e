/// Half-close: each direction ends by itself, in its turn, beside what the other direction does.
#include "contract/sockets.hpp"

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(HalfClose);

/// A shutdown with all it needs.
struct Shutter {
  IoRecorder done;
  IoRequest request;

  explicit Shutter(File& file) : request(file) {}
  Ticket shutdown(Shutdown how) { return request.shutdown(how, bind(done)); }
};

TEST_P(HalfClose, OfTheWritingSideRunsBesideAPendingRead) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  Shutter shutter{file};
  ASSERT_TRUE(shutter.shutdown(Shutdown::write));
  EXPECT_EQ(shutter.done.calls, 0) << "never from inside";
  ASSERT_TRUE(run_until_called(shutter.done));
  EXPECT_TRUE(completed_with(shutter.done, 0));
  EXPECT_EQ(reader.done.calls, 0);
  EXPECT_TRUE(sees_the_end(sockets.far));
  feed(sockets.far, "still");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 5));
}

TEST_P(HalfClose, OfTheWritingSideWaitsForTheWritesBeforeIt) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, pattern(std::size_t{1} << 20)};
  Shutter shutter{file};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(shutter.shutdown(Shutdown::write));
  turns();
  EXPECT_EQ(shutter.done.calls, 0);
  std::string all;
  ASSERT_TRUE(run_until([&] {
    all += drain(sockets.far, 10'000);
    return shutter.done.calls > 0;
  }));
  all += drain(sockets.far);
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_EQ(all, writer.text);
  EXPECT_TRUE(at_end(sockets.far));
}

TEST_P(HalfClose, AWriteBehindItIsEpipeAndNoSignal) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Shutter shutter{file};
  Writer writer{file, "late"};
  ASSERT_TRUE(shutter.shutdown(Shutdown::write));
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(shutter.done, 0));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
}

TEST_P(HalfClose, OfTheReadingSideWaitsForTheReadsBeforeItAndForNoWrite) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  const std::string full = fill(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer blocked{file, "blocked"};
  Reader reader{file, 4};
  Shutter shutter{file};
  ASSERT_TRUE(blocked.write());
  ASSERT_TRUE(reader.read_exact());
  ASSERT_TRUE(shutter.shutdown(Shutdown::read));
  turns();
  EXPECT_EQ(shutter.done.calls, 0) << "a read is before it";
  feed(sockets.far, "last");
  ASSERT_TRUE(run_until_called(shutter.done));
  EXPECT_EQ(reader.text(), "last");
  EXPECT_EQ(blocked.done.calls, 0) << "the writing side goes its own way";
  Reader after{file, 4};
  ASSERT_TRUE(after.read());
  ASSERT_TRUE(run_until_called(after.done));
  EXPECT_TRUE(failed_with(after.done, Errc::eof));
  drain(sockets.far, full.size());
  ASSERT_TRUE(run_until_called(blocked.done));
  EXPECT_TRUE(completed_with(blocked.done, 7));
}

TEST_P(HalfClose, OfBothSidesEndsAPendingRead) {
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 4};
  ASSERT_TRUE(reader.read());
  turns();
  Shutter shutter{file};
  ASSERT_TRUE(shutter.shutdown(Shutdown::both));
  ASSERT_TRUE(run_until([&] { return shutter.done.calls > 0 && reader.done.calls > 0; }));
  EXPECT_TRUE(completed_with(shutter.done, 0));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
  EXPECT_TRUE(sees_the_end(sockets.far));
}

TEST_P(HalfClose, OneThatWaitsCanBeCanceledAndEndsNothing) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  const std::string full = fill(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, "through"};
  Shutter shutter{file};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(shutter.shutdown(Shutdown::write));
  turns();
  shutter.request.cancel();
  ASSERT_TRUE(run_until_called(shutter.done));
  EXPECT_TRUE(failed_with(shutter.done, Errc::canceled));
  EXPECT_EQ(drain(sockets.far, full.size()), full);
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_EQ(drain(sockets.far), "through");
  EXPECT_FALSE(at_end(sockets.far));
}

TEST_P(HalfClose, FailsWithoutAConnectionAndWithoutASocket) {
  File socket{loop(), File::adopt(make_socket(AF_INET))};
  Shutter lonely{socket};
  ASSERT_TRUE(lonely.shutdown(Shutdown::write));
  ASSERT_TRUE(run_until_called(lonely.done));
  EXPECT_TRUE(failed_with(lonely.done, std::errc::not_connected));
  EXPECT_STREQ(lonely.done.result->error().operation, "shutdown");
  const PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Shutter wrong{file};
  ASSERT_TRUE(wrong.shutdown(Shutdown::write));
  ASSERT_TRUE(run_until_called(wrong.done));
  EXPECT_TRUE(failed_with(wrong.done, std::errc::not_a_socket));
}

TEST_P(HalfClose, OfBothEndsEndsTheConnectionOnce) {
  SocketPair sockets = make_tcp_pair();
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  Reader near_reader{near, 16};
  Reader far_reader{far, 16};
  Writer greeting{near, "request"};
  Shutter near_shutter{near};
  Writer answer{far, "answer"};
  Shutter far_shutter{far};
  ASSERT_TRUE(near_reader.read_exact());
  ASSERT_TRUE(far_reader.read_exact());
  ASSERT_TRUE(greeting.write());
  ASSERT_TRUE(near_shutter.shutdown(Shutdown::write));
  ASSERT_TRUE(run_until_called(far_reader.done));
  EXPECT_TRUE(failed_with(far_reader.done, Errc::eof));
  EXPECT_EQ(far_reader.text(), "request");
  ASSERT_TRUE(answer.write());
  ASSERT_TRUE(far_shutter.shutdown(Shutdown::write));
  ASSERT_TRUE(run_until_called(near_reader.done));
  EXPECT_TRUE(failed_with(near_reader.done, Errc::eof));
  EXPECT_EQ(near_reader.text(), "answer");
}

}  // namespace
}  // namespace evt::contract
