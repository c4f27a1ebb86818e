/// Opening paths, FIFOs included, and closing files with work in their queues.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace evt::contract {
namespace {

using Order = std::vector<std::string>;

EVT_CONTRACT_SUITE(Open);
EVT_CONTRACT_SUITE(Close);

TEST_P(Open, DeliversADescriptorThatIsCloseOnExec) {
  TemporaryDirectory folder;
  const std::string path = folder.path("new");
  OpenRequest request{loop()};
  OpenRecorder done;
  ASSERT_TRUE(request.open(path.c_str(), {.flags = O_WRONLY | O_CREAT, .mode = 0640}, bind(done)));
  EXPECT_EQ(done.calls, 0);
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result) << done.result->error().message();
  const Fd& file = **done.result;
  EXPECT_EQ(fcntl(file.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(fcntl(file.get(), F_GETFL) & O_ACCMODE, O_WRONLY);
  struct stat what{};
  ASSERT_EQ(stat(path.c_str(), &what), 0);
  const mode_t mask = umask(0);
  umask(mask);
  EXPECT_EQ(what.st_mode & 0777, 0640 & ~mask);
}

TEST_P(Open, StartsFromTheDirectoryGiven) {
  TemporaryDirectory folder;
  feed(Fd(open(folder.path("here").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), "found");
  const Fd directory(open(folder.path("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  OpenRequest request{loop()};
  OpenRecorder done;
  ASSERT_TRUE(request.open("here", {.directory = directory.get()}, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(*done.result) << done.result->error().message();
  EXPECT_EQ(contents(**done.result), "found");
}

TEST_P(Open, OfAMissingFileIsEnoent) {
  TemporaryDirectory folder;
  const std::string path = folder.path("missing");
  OpenRequest request{loop()};
  OpenRecorder done;
  ASSERT_TRUE(request.open(path.c_str(), {}, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, std::errc::no_such_file_or_directory));
  EXPECT_STREQ(done.result->error().operation, "open");
}

/// A FIFO and a request that waits for its writer.
struct WaitingFifo {
  TemporaryDirectory folder;
  std::string path = folder.path("fifo");
  OpenRecorder done;
  OpenRequest request;

  explicit WaitingFifo(Loop& loop) : request(loop) {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_TRUE(request.open(path.c_str(), {.flags = O_RDONLY}, bind(done)));
  }
  /// The pool's thread is blocked in the kernel. (Elsewhere the engine is asked, and nobody has to be interrupted.)
  bool blocks_a_thread() const {
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
      std::string name;
      int system_call = -1;
      std::getline(std::ifstream(task.path() / "comm"), name);
      std::ifstream(task.path() / "syscall") >> system_call;
      if (name == "evt-pool" && system_call == SYS_openat) return true;
    }
    return false;
  }
  /// Opens the other end once somebody waits to read.
  Fd writer() const { return Fd(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)); }
};

TEST_P(Open, OfAFifoWaitsForItsWriterAndHoldsUpNothing) {
  WaitingFifo fifo{loop()};
  Nop nop{loop()};
  VoidRecorder other;
  ASSERT_TRUE(nop.submit(bind(other)));
  ASSERT_TRUE(run_until_called(other));
  turns(10);
  EXPECT_EQ(fifo.done.calls, 0);

  Fd writer;
  ASSERT_TRUE(run_until([&] {
    if (!writer) writer = fifo.writer();
    return fifo.done.calls > 0;
  }));
  ASSERT_TRUE(*fifo.done.result) << fifo.done.result->error().message();
  File file{loop(), File::adopt(std::move(**fifo.done.result))};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns(10);
  EXPECT_EQ(reader.done.calls, 0) << "a false end";
  feed(writer, "through");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "through");
}

TEST_P(Open, OfAFifoCanBeCanceled) {
  WaitingFifo fifo{loop()};
  turns();
  if (GetParam() == Backend::epoll) {
    ASSERT_TRUE(run_until([&] { return fifo.blocks_a_thread(); }));
  }
  fifo.request.cancel();
  fifo.request.cancel();
  EXPECT_EQ(fifo.done.calls, 0);
  ASSERT_TRUE(run_until_called(fifo.done));
  EXPECT_TRUE(failed_with(fifo.done, Errc::canceled));
  EXPECT_FALSE(fifo.writer()) << "somebody still waits to read";
}

TEST_P(Open, OfAFifoCanBeCanceledSynchronouslyAndAgain) {
  WaitingFifo fifo{loop()};
  for (int round = 0; round < 5; ++round) {
    if (round % 2 == 0) turns();
    if (round == 2 && GetParam() == Backend::epoll) {
      ASSERT_TRUE(run_until([&] { return fifo.blocks_a_thread(); }));
    }
    const auto won = fifo.request.cancel_sync();
    EXPECT_FALSE(won) << (*won ? "opened" : won->error().message()) << " in round " << round;
    EXPECT_TRUE(fifo.request.idle());
    EXPECT_FALSE(fifo.writer()) << "somebody still waits to read";
    ASSERT_TRUE(fifo.request.open(fifo.path.c_str(), {.flags = O_RDONLY}, bind(fifo.done)));
  }
  turns();
  EXPECT_EQ(fifo.done.calls, 0);
  // The destructor ends the last one.
}

TEST_P(Open, OfAFifoEndsWithTheLoop) {
  WaitingFifo fifo{loop()};
  turns();
  destroy_loop();
  EXPECT_TRUE(fifo.request.idle());
  EXPECT_EQ(fifo.done.calls, 0);
  EXPECT_FALSE(fifo.writer()) << "somebody still waits to read";
}

TEST_P(Open, ADescriptorThatComesAfterCancelIsDeliveredOrClosed) {
  // The fixture counts descriptors.
  OpenRequest request{loop()};
  OpenRecorder done;
  for (int round = 1; round <= 100; ++round) {
    ASSERT_TRUE(request.open("/dev/null", {}, bind(done)));
    if (round % 3 == 0) loop().prepare();
    if (round % 3 == 1) turns(1);
    request.cancel();
    ASSERT_TRUE(run_until_called(done, round));
    ASSERT_EQ(done.calls, round);
    if (!*done.result) {
      ASSERT_TRUE(is_error(done.result->error(), Errc::canceled));
    }
  }
}

TEST_P(Open, ADescriptorNobodyTakesIsClosed) {
  // The fixture counts descriptors.
  OpenRecorder done;
  for (int round = 0; round < 50; ++round) {
    OpenRequest request{loop()};
    ASSERT_TRUE(request.open("/dev/null", {}, bind(done)));
    if (round % 3 == 0) loop().prepare();
    if (round % 3 == 1) turns(1);
  }
  remake_loop({.budget = 1});
  auto request = std::make_unique<OpenRequest>(loop());
  ASSERT_TRUE(make_ready(*request, [&] { request->open("/dev/null", {}, bind(done)); }));
  const std::size_t open_now = count_descriptors();
  request.reset();
  EXPECT_EQ(count_descriptors(), open_now - 1);
}

TEST_P(Close, ClosesTheDescriptorAndItsPeerSeesTheEnd) {
  PipeEnds pipe = make_pipe();
  const int number = pipe.write.get();
  File file{loop(), File::adopt(std::move(pipe.write))};
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  EXPECT_EQ(done.calls, 0);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, 0));
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
  char byte = 0;
  EXPECT_EQ(::read(pipe.read.get(), &byte, 1), 0);
}

TEST_P(Close, CancelsBothQueuesFirst) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  File file{loop(), File::adopt(std::move(sockets.near))};
  Order order;
  Reader reading{file, 8};
  Reader queued{file, 8};
  Writer writing{file, "blocked"};
  Writer waiting{file, "behind it"};
  reading.log_to(order, "reading");
  queued.log_to(order, "queued");
  writing.log_to(order, "writing");
  waiting.log_to(order, "waiting");
  ASSERT_TRUE(reading.read());
  ASSERT_TRUE(queued.read());
  ASSERT_TRUE(writing.write());
  ASSERT_TRUE(waiting.write());
  turns();
  IoRequest closing{file};
  IoRecorder done{order, "close"};
  ASSERT_TRUE(closing.close(bind(done)));
  EXPECT_TRUE(order.empty()) << "called inside close()";
  ASSERT_TRUE(run_until_called(done));
  ASSERT_EQ(order.size(), 5u);
  EXPECT_EQ(order.back(), "close");
  EXPECT_TRUE(failed_with(reading.done, Errc::canceled));
  EXPECT_TRUE(failed_with(queued.done, Errc::canceled));
  EXPECT_TRUE(failed_with(writing.done, Errc::canceled));
  EXPECT_TRUE(failed_with(waiting.done, Errc::canceled));
  EXPECT_TRUE(completed_with(done, 0));
}

TEST_P(Close, EndsPendingWorkThoughADuplicateKeepsTheDescriptionOpen) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  const Fd duplicate(fcntl(sockets.near.get(), F_DUPFD_CLOEXEC, 0));
  File file{loop(), File::adopt(std::move(sockets.near))};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  // The number is taken by another description at once; what comes through the old one disturbs nobody.
  PipeEnds pipe = make_pipe();
  File next{loop(), File::borrow(pipe.read.get())};
  Reader other{next, 8};
  ASSERT_TRUE(other.read());
  feed(sockets.far, "for the duplicate");
  turns(10);
  EXPECT_EQ(other.done.calls, 0);
  EXPECT_EQ(reader.done.calls, 1);
  EXPECT_EQ(drain(duplicate), "for the duplicate");
}

TEST_P(Close, ClosesABorrowedDescriptorToo) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_EQ(fcntl(pipe.read.get(), F_GETFD), -1);
  (void)pipe.read.release();
}

TEST_P(Close, ADuplicateThatIsLeftDoesNotWakeTheLoop) {
  PipeEnds pipe = make_pipe();
  const Fd duplicate(fcntl(pipe.read.get(), F_DUPFD_CLOEXEC, 0));
  File file{loop(), File::adopt(std::move(pipe.read))};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  feed(pipe.write, "for the duplicate");
  (void)loop().prepare();
  pollfd told{.fd = loop().fd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&told, 1, 0), 0);
}

TEST_P(Close, WhatIsSubmittedMeanwhileAndAfterwardsIsEbadf) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "unread");
  File file{loop(), File::adopt(std::move(pipe.read))};
  Reader pending{file, 8};
  IoRequest closing{file};
  IoRecorder done;
  Reader meanwhile{file, 8};
  file.pause(Direction::read);
  ASSERT_TRUE(pending.read());
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(meanwhile.read());
  ASSERT_TRUE(run_until_called(done));
  ASSERT_TRUE(run_until_called(meanwhile.done));
  EXPECT_TRUE(failed_with(pending.done, Errc::canceled));
  EXPECT_TRUE(failed_with(meanwhile.done, std::errc::bad_file_descriptor));
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done, 2));
  EXPECT_TRUE(is_error(done.result->error(), std::errc::bad_file_descriptor));
}

TEST_P(Close, CannotBeCanceled) {
  PipeEnds pipe = make_pipe();
  const int number = pipe.read.get();
  File file{loop(), File::adopt(std::move(pipe.read))};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  closing.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(completed_with(done, 0));
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

TEST_P(Close, TakesASpliceOutOfBothQueues) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::adopt(std::move(out.write))};
  IoRequest moving{source};
  IoRecorder moved;
  Reader reader{source, 8};
  ASSERT_TRUE(moving.splice(target, 4096, bind(moved)));
  ASSERT_TRUE(reader.read());
  turns();
  IoRequest closing{target};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(moved, Errc::canceled));
  feed(in.write, "free");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "free");
}

TEST_P(Close, TheFileServesANewDescriptorAfterwards) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::adopt(std::move(pipe.read))};
  IoRequest closing{file};
  IoRecorder done;
  ASSERT_TRUE(closing.close(bind(done)));
  ASSERT_TRUE(run_until_called(done));
  PipeEnds second = make_pipe();
  file.assign(File::adopt(std::move(second.read)));
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  feed(second.write, "again");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "again");
}

}  // namespace
}  // namespace evt::contract
