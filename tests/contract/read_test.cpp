/// Reading: what is there, exactly, into several buffers, into the request; and how a stream ends.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Read);

TEST_P(Read, DeliversWhatIsThereWithoutWaitingForMore) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "short");
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 4096};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 5));
  EXPECT_EQ(reader.text() + drain(pipe.read), "short");
}

TEST_P(Read, WaitsForDataWithoutHoldingUpOthers) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  Nop nop{loop()};
  VoidRecorder other;
  ASSERT_TRUE(nop.submit(bind(other)));
  ASSERT_TRUE(run_until_called(other));
  EXPECT_EQ(reader.done.calls, 0);
  EXPECT_EQ(reader.request.state(), Request::State::in_flight);
  feed(pipe.write, "z");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 1));
}

TEST_P(Read, TheEndOfAPipeIsTheErrorEof) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(reader.done.calls, 0);
  pipe.write.reset();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
  EXPECT_EQ(reader.request.transferred(), 0u);
  EXPECT_EQ(reader.done.result->error().system_errno(), 0);
}

TEST_P(Read, TheEndOfAStreamSocketIsTheErrorEof) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  ASSERT_EQ(shutdown(sockets.far.get(), SHUT_WR), 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
}

TEST_P(Read, ARegularFileIsReadFromItsPositionToTheErrorEof) {
  const Fd descriptor = make_file("skipped|kept");
  ASSERT_EQ(lseek(descriptor.get(), 8, SEEK_SET), 8);
  File file{loop(), File::borrow(descriptor.get())};
  Reader reader{file, 3};
  std::string all;
  reader.done.then = [&] {
    all += reader.text();
    return reader.done.result->has_value() ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until([&] { return reader.request.idle(); }));
  EXPECT_EQ(all, "kept");
  EXPECT_TRUE(is_error(reader.done.result->error(), Errc::eof));
  EXPECT_EQ(lseek(descriptor.get(), 0, SEEK_CUR), 12);
}

TEST_P(Read, AnEmptyMessageOfADatagramSocketIsZeroBytesAndNotTheEnd) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  ASSERT_EQ(send(sockets.far.get(), "", 0, 0), 0);
  ASSERT_EQ(send(sockets.far.get(), "next", 4, 0), 4);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 0));
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_EQ(reader.text(), "next");
}

TEST_P(Read, APipeInPacketModeDeliversEveryPacket) {
  PipeEnds pipe = make_pipe();
  ASSERT_EQ(fcntl(pipe.write.get(), F_SETFL, O_DIRECT), 0);
  ASSERT_EQ(fcntl(pipe.read.get(), F_SETFL, O_DIRECT), 0);
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 100};
  ASSERT_TRUE(reader.read());
  turns();
  for (const char* packet : {"one", "two", "three"})
    feed(pipe.write, packet);
  for (const char* packet : {"one", "two", "three"}) {
    if (reader.request.idle()) {
      ASSERT_TRUE(reader.read());
    }
    ASSERT_TRUE(run_until([&] { return reader.request.idle(); }));
    EXPECT_EQ(reader.text(), packet) << "a short count does not say that all was read";
  }
}

TEST_P(Read, WaitsOnASocketWithoutHoldingUpOthers) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 8};
  Nop nop{loop()};
  VoidRecorder other;
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(nop.submit(bind(other)));
  ASSERT_TRUE(run_until_called(other));
  EXPECT_EQ(reader.done.calls, 0);
  feed(sockets.far, "late");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "late");
}

TEST_P(Read, ReadvFillsBuffersInOrderAndLeavesTheVectorsAlone) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::string first(3, '-');
  std::string second(4, '-');
  std::string third(4, '-');
  iovec vectors[] = {{first.data(), 3}, {nullptr, 0}, {second.data(), 4}, {third.data(), 4}};
  iovec before[4];
  std::memcpy(before, vectors, sizeof before);
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.readv(vectors, bind(done)));
  turns();
  EXPECT_EQ(done.calls, 0);
  feed(pipe.write, "abcdefghi");
  ASSERT_TRUE(run_until_called(done));
  ASSERT_EQ(done.calls, 1);
  ASSERT_TRUE(*done.result);
  EXPECT_EQ(std::memcmp(before, vectors, sizeof before), 0);
  const std::string all = (first + second + third).substr(0, **done.result);
  EXPECT_EQ(all + drain(pipe.read), "abcdefghi");
  EXPECT_EQ(third, "hi--");
}

TEST_P(Read, ReadExactWaitsForAllItsBytes) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 10};
  ASSERT_TRUE(reader.read_exact());
  for (const char* piece : {"ab", "cdef", "ghi"}) {
    feed(sockets.far, piece);
    turns();
    EXPECT_EQ(reader.done.calls, 0);
  }
  feed(sockets.far, "jklm");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 10));
  EXPECT_EQ(reader.buffer, "abcdefghij");
  EXPECT_EQ(drain(sockets.near), "klm");
}

TEST_P(Read, ReadExactCutShortIsEofAndSaysHowMuchCame) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 10};
  ASSERT_TRUE(reader.read_exact());
  feed(pipe.write, "1234");
  turns();
  pipe.write.reset();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
  EXPECT_EQ(reader.request.transferred(), 4u);
  EXPECT_EQ(reader.text(), "1234");
}

TEST_P(Read, ReadExactOfARegularFileStopsAtItsEnd) {
  const Fd descriptor = make_file("12345");
  File file{loop(), File::borrow(descriptor.get())};
  Reader whole{file, 3};
  Reader rest{file, 3};
  ASSERT_TRUE(whole.read_exact());
  ASSERT_TRUE(rest.read_exact());
  ASSERT_TRUE(run_until_called(rest.done));
  EXPECT_TRUE(completed_with(whole.done, 3));
  EXPECT_TRUE(failed_with(rest.done, Errc::eof));
  EXPECT_EQ(rest.text(), "45");
}

TEST_P(Read, ReadInlineKeepsTheBytesInTheRequest) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.read_inline(8, bind(done)));
  turns();
  feed(pipe.write, "inline");
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result);
  const auto data = request.inline_data();
  ASSERT_EQ(data.size(), **done.result);
  EXPECT_EQ(std::string("inline").substr(0, data.size()),
            std::string(reinterpret_cast<const char*>(data.data()), data.size()));
}

TEST_P(Read, ReadInlineTakesNoMoreThanItCanHold) {
  PipeEnds pipe = make_pipe();
  const std::string text = pattern(50);
  feed(pipe.write, text);
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.read_inline(1000, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result);
  EXPECT_LE(**done.result, IoRequest::inline_capacity);
  EXPECT_TRUE(completed_with(done, IoRequest::inline_capacity));
  const auto data = request.inline_data();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(data.data()), data.size()) + drain(pipe.read), text);
}

TEST_P(Read, AFileWithoutADescriptorIsEbadf) {
  File file{loop()};
  EXPECT_FALSE(file.is_open());
  Reader reader{file, 4};
  ASSERT_TRUE(reader.read());
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, std::errc::bad_file_descriptor));
}

TEST_P(Read, AFailureIsTheErrnoOfTheSystemCall) {
  const Fd folder(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  File file{loop(), File::borrow(folder.get())};
  Reader reader{file, 4};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, std::errc::is_a_directory));
  EXPECT_STREQ(reader.done.result->error().operation, "read");
}

TEST_P(Read, AFailureLeavesTheNextInTheQueueItsTurn) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  // The far end closes over unread data: the next read says so, once.
  feed(sockets.near, "never read");
  Reader first{file, 4};
  Reader second{file, 4};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  turns();
  sockets.far.reset();
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_TRUE(failed_with(first.done, std::errc::connection_reset));
  EXPECT_TRUE(failed_with(second.done, Errc::eof));
}

}  // namespace
}  // namespace evt::contract
