/// readable and writable: they tell the truth of now, take nothing, and keep their place in the queue.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Readiness);

/// The poll(2) events a completed wait reported, or 0.
std::size_t events_of(const IoRecorder& recorder) {
  return recorder.result && *recorder.result ? **recorder.result : 0;
}

TEST_P(Readiness, ReadableCompletesWithPollinOnceDataComesAndTakesNothing) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.readable(bind(done)));
  turns(10);
  EXPECT_EQ(done.calls, 0);
  feed(pipe.write, "here");
  ASSERT_TRUE(run_until_called(done));
  EXPECT_EQ(done.calls, 1);
  EXPECT_TRUE(events_of(done) & POLLIN);
  EXPECT_EQ(drain(pipe.read), "here");
}

TEST_P(Readiness, ReadableSaysSoAtOnceWhereDataIsLeft) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "12");
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 1};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.readable(bind(done)));
  EXPECT_EQ(done.calls, 0);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(events_of(done) & POLLIN);
}

TEST_P(Readiness, ReadableWaitsAgainAfterTheDataIsTakenByOthers) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest request{file};
  IoRecorder done;
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(request.readable(bind(done)));
    turns();
    ASSERT_EQ(done.calls, round - 1) << "ready with nothing to read";
    feed(pipe.write, "data");
    ASSERT_TRUE(run_until_called(done, round));
    EXPECT_EQ(drain(pipe.read), "data");
  }
}

TEST_P(Readiness, ReadableTellsOfAHangUp) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.readable(bind(done)));
  turns();
  pipe.write.reset();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(events_of(done) & POLLHUP);
}

/// A ring tells of POLLRDHUP unasked.
TEST_P(Readiness, AHalfClosedSocketIsReadableInPlainPollin) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  ASSERT_EQ(shutdown(sockets.far.get(), SHUT_WR), 0);
  File file{loop(), File::borrow(sockets.near.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.readable(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, POLLIN));
}

TEST_P(Readiness, WritableWaitsForRoom) {
  PipeEnds pipe = make_small_pipe();
  fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.writable(bind(done)));
  turns(10);
  EXPECT_EQ(done.calls, 0);
  drain(pipe.read);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(events_of(done) & POLLOUT);
}

TEST_P(Readiness, WritableTellsOfABrokenPipe) {
  PipeEnds pipe = make_small_pipe();
  fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  IoRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.writable(bind(done)));
  turns();
  pipe.read.reset();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(events_of(done) & POLLERR);
}

TEST_P(Readiness, ReadableKeepsItsPlaceBetweenTwoReads) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::vector<std::string> order;
  Reader first{file, 1};
  IoRequest waiting{file};
  IoRecorder ready{order, "readable"};
  Reader second{file, 1};
  first.log_to(order, "first");
  second.log_to(order, "second");
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(waiting.readable(bind(ready)));
  ASSERT_TRUE(second.read());
  turns();
  feed(pipe.write, "1");
  ASSERT_TRUE(run_until_called(first.done));
  turns();
  EXPECT_EQ(ready.calls, 0);
  feed(pipe.write, "2");
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_EQ(order, (std::vector<std::string>{"first", "readable", "second"}));
}

TEST_P(Readiness, AWaitCanBeCanceledAndEndedSynchronously) {
  PipeEnds pipe = make_small_pipe();
  fill(pipe.write);
  File in{loop(), File::borrow(pipe.read.get())};
  File out{loop(), File::borrow(pipe.write.get())};
  drain(pipe.read);
  IoRequest waiting{in};
  IoRecorder done;
  ASSERT_TRUE(waiting.readable(bind(done)));
  turns();
  waiting.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  ASSERT_TRUE(waiting.readable(bind(done)));
  turns();
  EXPECT_FALSE(waiting.cancel_sync());
  feed(pipe.write, "late");
  turns(10);
  EXPECT_EQ(done.calls, 1);
}

TEST_P(Readiness, ARegularFileAndDevNullAreAlwaysReady) {
  const Fd regular = make_file("x");
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {regular.get(), null.get()}) {
    File file{loop(), File::borrow(fd)};
    IoRequest request{file};
    IoRecorder done;
    ASSERT_TRUE(request.readable(bind(done)));
    ASSERT_TRUE(run_until_called(done));
    EXPECT_TRUE(events_of(done) & POLLIN);
    ASSERT_TRUE(request.writable(bind(done)));
    ASSERT_TRUE(run_until_called(done, 2));
    EXPECT_TRUE(events_of(done) & POLLOUT);
  }
}

TEST_P(Readiness, TwoFilesWaitOnOneNumber) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  File first{loop(), File::borrow(sockets.near.get())};
  File second{loop(), File::borrow(sockets.near.get())};
  Reader reader{first, 8};
  Writer writer{second, "room"};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  turns(10);
  EXPECT_EQ(reader.done.calls + writer.done.calls, 0);
  drain(sockets.far);
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(writer.done, 4));
  feed(sockets.far, "data");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 4));
}

TEST_P(Readiness, TwoFilesWaitOnTwoNumbersOfOneDescription) {
  PipeEnds pipe = make_pipe();
  const Fd duplicate(fcntl(pipe.read.get(), F_DUPFD_CLOEXEC, 0));
  File first{loop(), File::borrow(pipe.read.get())};
  File second{loop(), File::borrow(duplicate.get())};
  IoRequest waiting_first{first};
  IoRequest waiting_second{second};
  IoRecorder first_done;
  IoRecorder second_done;
  ASSERT_TRUE(waiting_first.readable(bind(first_done)));
  ASSERT_TRUE(waiting_second.readable(bind(second_done)));
  turns();
  feed(pipe.write, "both");
  ASSERT_TRUE(run_until_called(first_done));
  ASSERT_TRUE(run_until_called(second_done));
  EXPECT_TRUE(events_of(first_done) & POLLIN);
  EXPECT_TRUE(events_of(second_done) & POLLIN);
}

}  // namespace
}  // namespace evt::contract
