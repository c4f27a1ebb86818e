/// Writing: everything in one callback, from one buffer or thousands; what one write takes; what went out.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Write);

TEST_P(Write, MovesEverythingInOneCallbackOverASlowReader) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, pattern(300'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 1000);
    return writer.done.calls > 0;
  }));
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_EQ(writer.request.transferred(), writer.text.size());
  received += drain(pipe.read);
  EXPECT_TRUE(received == writer.text);
}

TEST_P(Write, MovesEverythingThroughASocket) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, pattern(2'000'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(sockets.far, 65'000);
    return received.size() >= writer.text.size();
  }));
  ASSERT_TRUE(run_until_called(writer.done));
  turns();
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_TRUE(received == writer.text);
}

TEST_P(Write, MovesEverythingIntoARegularFileAtItsPosition) {
  const Fd descriptor = make_file("0123456789");
  ASSERT_EQ(lseek(descriptor.get(), 4, SEEK_SET), 4);
  File file{loop(), File::borrow(descriptor.get())};
  Writer writer{file, pattern(200'000)};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_TRUE(contents(descriptor) == "0123" + writer.text);
  EXPECT_EQ(lseek(descriptor.get(), 0, SEEK_CUR), 200'004);
}

TEST_P(Write, WritevMovesAllBuffersAndLeavesTheVectorsAlone) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  std::string text = pattern(50'000);
  std::vector<iovec> vectors;
  for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 3 % 7001) {
    step = std::min(step, text.size() - at);
    vectors.push_back({text.data() + at, step});
    vectors.push_back({text.data(), 0});
  }
  const std::vector<iovec> before = vectors;
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.writev(vectors, bind(done)));
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 777);
    return done.calls > 0;
  }));
  received += drain(pipe.read);
  EXPECT_TRUE(completed_with(done, text.size()));
  EXPECT_TRUE(received == text);
  EXPECT_EQ(std::memcmp(before.data(), vectors.data(), before.size() * sizeof(iovec)), 0);
}

TEST_P(Write, WritevTakesMoreThanIovMaxBuffers) {
  std::string text = pattern(3 * IOV_MAX + 5);
  std::vector<iovec> vectors;
  for (char& each : text)
    vectors.push_back({&each, 1});
  IoRecorder done;

  const Fd regular = make_file();
  File disk{loop(), File::borrow(regular.get())};
  IoRequest to_disk{disk};
  ASSERT_TRUE(to_disk.writev(vectors, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, text.size()));
  EXPECT_TRUE(contents(regular) == text);

  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File stream{loop(), File::borrow(sockets.near.get())};
  IoRequest to_stream{stream};
  ASSERT_TRUE(to_stream.writev(vectors, bind(done)));
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(sockets.far);
    return received.size() >= text.size();
  }));
  ASSERT_TRUE(run_until_called(done, 2));
  EXPECT_TRUE(received == text);
}

TEST_P(Write, NothingToWriteIsWrittenWithoutTheDescriptorHavingRoom) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer empty{file, ""};
  ASSERT_TRUE(empty.write());
  EXPECT_EQ(empty.done.calls, 0);
  ASSERT_TRUE(run_until_called(empty.done));
  EXPECT_TRUE(completed_with(empty.done, 0));

  const iovec vectors[] = {{nullptr, 0}, {nullptr, 0}};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.writev(vectors, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, 0));
  ASSERT_TRUE(request.writev({}, bind(done)));
  ASSERT_TRUE(run_until_called(done, 2));
  EXPECT_TRUE(is_value(*done.result, 0));
  EXPECT_FALSE(has_input(pipe.read));
}

TEST_P(Write, AnEmptyWriteToADatagramSocketIsAMessage) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer empty{file, ""};
  ASSERT_TRUE(empty.write());
  ASSERT_TRUE(run_until_called(empty.done));
  EXPECT_TRUE(completed_with(empty.done, 0));
  ASSERT_TRUE(has_input(sockets.far));
  char byte = 0;
  EXPECT_EQ(recv(sockets.far.get(), &byte, 1, MSG_DONTWAIT), 0);
}

TEST_P(Write, OneWriteToADatagramSocketIsOneMessage) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer first{file, "one"};
  Writer second{file, "two"};
  ASSERT_TRUE(first.write());
  ASSERT_TRUE(second.write());
  ASSERT_TRUE(run_until_called(second.done));
  char message[16];
  ASSERT_EQ(recv(sockets.far.get(), message, sizeof message, MSG_DONTWAIT), 3);
  EXPECT_EQ(std::string_view(message, 3), "one");
  ASSERT_EQ(recv(sockets.far.get(), message, sizeof message, MSG_DONTWAIT), 3);
  EXPECT_EQ(std::string_view(message, 3), "two");
}

TEST_P(Write, WriteSomeCompletesWithWhatOneWriteTook) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  const std::string text = pattern(100'000);
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.write_some(bytes_of(text), bind(done)));
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result) << done.result->error().message();
  EXPECT_GE(**done.result, 1u);
  EXPECT_LE(**done.result, 4096u);
  EXPECT_EQ(request.transferred(), **done.result);
  EXPECT_EQ(drain(pipe.read), text.substr(0, **done.result));
}

TEST_P(Write, WaitsForRoomInASocketWhosePeerSendsNoMore) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  const std::string before = fill(sockets.near);
  ASSERT_EQ(shutdown(sockets.far.get(), SHUT_WR), 0);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, "late"};
  IoRecorder room;
  ASSERT_TRUE(writer.request.writable(bind(room)));
  IoRequest second{file};
  ASSERT_TRUE(second.write(bytes_of(writer.text), bind(writer.done)));
  turns();
  const std::uint64_t turns_before = loop().statistics().turns;
  ASSERT_TRUE(loop().dispatch(20ms));
  EXPECT_LE(loop().statistics().turns - turns_before, 8U) << "sleeps, and does not spin";
  EXPECT_EQ(room.calls + writer.done.calls, 0);
  std::string got;
  ASSERT_TRUE(run_until([&] {
    got += drain(sockets.far);
    return writer.done.calls > 0;
  }));
  EXPECT_EQ(room.calls, 1);
  EXPECT_TRUE(completed_with(writer.done, 4));
  got += drain(sockets.far);
  EXPECT_EQ(got.size(), before.size() + 4);
  EXPECT_TRUE(got.ends_with("late"));
}

TEST_P(Write, WriteSomeWaitsForRoom) {
  PipeEnds pipe = make_small_pipe();
  fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.write_some(bytes_of("room"), bind(done)));
  turns();
  EXPECT_EQ(done.calls, 0);
  drain(pipe.read);
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result);
  EXPECT_EQ(drain(pipe.read), std::string("room").substr(0, **done.result));
}

TEST_P(Write, WriteInlineCopiesItsBytesAtOnce) {
  PipeEnds pipe = make_small_pipe();
  const std::string before = fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  IoRequest request{file};
  IoRecorder done;
  std::string text = pattern(IoRequest::inline_capacity);
  const std::string expected = text;
  ASSERT_TRUE(request.write_inline(bytes_of(text), bind(done)));
  text.assign(text.size(), '?');
  turns();
  EXPECT_EQ(done.calls, 0);
  EXPECT_EQ(drain(pipe.read, before.size()), before);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, IoRequest::inline_capacity));
  EXPECT_EQ(drain(pipe.read), expected);
}

TEST_P(Write, MoreThanFitsIntoARequestIsRefusedAsEmsgsize) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  IoRequest request{file};
  IoRecorder done;
  const Ticket ticket = request.write_inline(bytes_of(pattern(IoRequest::inline_capacity + 1)), bind(done));
  EXPECT_FALSE(ticket);
  EXPECT_TRUE(is_error(ticket.error(), std::errc::message_size));
  EXPECT_TRUE(request.idle());
  turns();
  EXPECT_EQ(done.calls, 0);
  EXPECT_FALSE(has_input(pipe.read));
}

TEST_P(Write, AFailureSaysHowMuchWentOut) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, pattern(60'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 1000);
    return received.size() >= 9000;
  }));
  ASSERT_TRUE(run_until([&] { return bytes_in(pipe.read) > 0; }));
  turns(10);
  const std::size_t out = received.size() + bytes_in(pipe.read);
  pipe.read.reset();
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
  EXPECT_EQ(writer.request.transferred(), out);
}

}  // namespace
}  // namespace evt::contract
