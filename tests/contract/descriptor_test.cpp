/// Facts of Linux about descriptors: flags that are not ours, signals, FIFOs, terminals, devices, hang-up with data.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Descriptor);

/// Works `fd` as a tool would, and checks its status flags while operations pend and afterwards.
class FlagCheck {
 public:
  FlagCheck(const Fd& fd, std::function<void()> run_turns) : fd_(fd), before_(flags()), turns_(std::move(run_turns)) {}
  void check(const char* when) {
    turns_();
    EXPECT_EQ(flags(), before_) << when;
  }

 private:
  int flags() const { return fcntl(fd_.get(), F_GETFL); }
  const Fd& fd_;
  int before_;
  std::function<void()> turns_;
};

TEST_P(Descriptor, TheFlagsOfAPipeAreLeftAlone) {
  PipeEnds pipe = make_small_pipe();
  FlagCheck in{pipe.read, [&] { turns(); }};
  FlagCheck out{pipe.write, [&] { turns(); }};
  {
    File reading{loop(), File::borrow(pipe.read.get())};
    Reader reader{reading, 8};
    ASSERT_TRUE(reader.read());
    in.check("while a read pends");
    reader.request.cancel();
    ASSERT_TRUE(run_until_called(reader.done));
    File writing{loop(), File::borrow(pipe.write.get())};
    Writer writer{writing, pattern(10'000)};
    ASSERT_TRUE(writer.write());
    out.check("while a write pends");
    in.check("while a write pends, the other end");
  }
  in.check("after the File is gone");
  out.check("after the File is gone");
}

TEST_P(Descriptor, TheFlagsOfAFifoAreLeftAlone) {
  TemporaryDirectory folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const Fd fifo(open(path.c_str(), O_RDWR | O_CLOEXEC));
  FlagCheck flags{fifo, [&] { turns(); }};
  {
    File file{loop(), File::borrow(fifo.get())};
    Reader reader{file, 8};
    ASSERT_TRUE(reader.read());
    flags.check("while a read pends");
    Writer writer{file, "loop"};
    ASSERT_TRUE(writer.write());
    ASSERT_TRUE(run_until_called(reader.done));
    EXPECT_EQ(reader.text(), "loop");
    flags.check("after a write");
  }
  flags.check("after the File is gone");
}

TEST_P(Descriptor, TheFlagsOfATerminalAreLeftAlone) {
  Terminal terminal = make_terminal();
  FlagCheck flags{terminal.slave, [&] { turns(); }};
  {
    File file{loop(), File::borrow(terminal.slave.get())};
    Reader reader{file, 8};
    ASSERT_TRUE(reader.read());
    flags.check("while a read pends");
    Writer writer{file, "written"};
    ASSERT_TRUE(writer.write());
    ASSERT_TRUE(run_until_called(writer.done));
    flags.check("after a write");
    feed(terminal.master, "typed");
    ASSERT_TRUE(run_until_called(reader.done));
    EXPECT_EQ(reader.text(), "typed");
    flags.check("after a read");
  }
  flags.check("after the File is gone");
  EXPECT_EQ(drain(terminal.master), "written");
}

TEST_P(Descriptor, TheFlagsOfASocketAreLeftAlone) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  FlagCheck flags{sockets.near, [&] { turns(); }};
  {
    File file{loop(), File::borrow(sockets.near.get())};
    Reader reader{file, 8};
    Writer writer{file, pattern(1'000'000)};
    ASSERT_TRUE(reader.read());
    ASSERT_TRUE(writer.write());
    flags.check("while both directions pend");
    EXPECT_EQ(writer.done.calls, 0);
  }
  flags.check("after the File is gone");
}

TEST_P(Descriptor, TheFlagsOfARegularFileAreLeftAlone) {
  const Fd descriptor = make_file("content");
  ASSERT_EQ(fcntl(descriptor.get(), F_SETFL, O_APPEND), 0);
  FlagCheck flags{descriptor, [&] { turns(); }};
  {
    File file{loop(), File::borrow(descriptor.get())};
    Reader reader{file, 8};
    Writer writer{file, "appended"};
    ASSERT_TRUE(reader.read());
    ASSERT_TRUE(run_until_called(reader.done));
    ASSERT_TRUE(writer.write());
    ASSERT_TRUE(run_until_called(writer.done));
    flags.check("after a write");
  }
  flags.check("after the File is gone");
  EXPECT_EQ(contents(descriptor), "contentappended");
}

TEST_P(Descriptor, ADescriptorThatDoesNotBlockWaitsAllTheSame) {
  PipeEnds pipe = make_small_pipe();
  SocketPair sockets = make_socket_pair(SOCK_STREAM | SOCK_NONBLOCK);
  ASSERT_EQ(fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK), 0);
  ASSERT_EQ(fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK), 0);
  File reading{loop(), File::borrow(pipe.read.get())};
  File writing{loop(), File::borrow(pipe.write.get())};
  File socket{loop(), File::borrow(sockets.near.get())};
  Reader from_pipe{reading, 8};
  Reader from_socket{socket, 8};
  ASSERT_TRUE(from_pipe.read());
  ASSERT_TRUE(from_socket.read());
  turns(10);
  EXPECT_EQ(from_pipe.done.calls, 0);
  EXPECT_EQ(from_socket.done.calls, 0);
  feed(sockets.far, "socket");
  ASSERT_TRUE(run_until_called(from_socket.done));
  EXPECT_EQ(from_socket.text(), "socket");
  EXPECT_FALSE(from_pipe.request.cancel_sync());

  Writer writer{writing, pattern(50'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read);
    return writer.done.calls > 0;
  }));
  received += drain(pipe.read);
  EXPECT_TRUE(completed_with(writer.done, 50'000));
  EXPECT_TRUE(received == writer.text);
}

TEST_P(Descriptor, AFifoOpenedBeforeItsWriterDeliversWhatComesLater) {
  TemporaryDirectory folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const Fd inherited(open(path.c_str(), O_RDWR | O_CLOEXEC));
  File file{loop(), File::borrow(inherited.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
  feed(Fd(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)), "later");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "later");
}

TEST_P(Descriptor, AFifoThatWaitsCanBeCanceledWithoutLosingData) {
  TemporaryDirectory folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const Fd inherited(open(path.c_str(), O_RDWR | O_CLOEXEC));
  File file{loop(), File::borrow(inherited.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_FALSE(reader.request.cancel_sync());
  feed(inherited, "kept");
  turns(10);
  EXPECT_EQ(reader.done.calls, 1);
  EXPECT_EQ(drain(inherited), "kept");
}

TEST_P(Descriptor, ATerminalReadWaitsAndCanBeCanceledWithoutLosingData) {
  Terminal terminal = make_terminal();
  File file{loop(), File::borrow(terminal.slave.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(reader.done.calls, 0);
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  feed(terminal.master, "typed");
  ASSERT_TRUE(run_until([&] { return has_input(terminal.slave); }));
  EXPECT_EQ(drain(terminal.slave), "typed");
}

TEST_P(Descriptor, DevNullTakesEverythingAndIsAtItsEnd) {
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  File file{loop(), File::borrow(null.get())};
  Writer writer{file, pattern(1'000'000)};
  Reader reader{file, 8};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(writer.done));
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(writer.done, 1'000'000));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
}

TEST_P(Descriptor, DevZeroFillsTheBuffer) {
  const Fd zero(open("/dev/zero", O_RDONLY | O_CLOEXEC));
  File file{loop(), File::borrow(zero.get())};
  Reader reader{file, 100'000};
  reader.buffer.assign(reader.buffer.size(), 'x');
  ASSERT_TRUE(reader.read_exact());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 100'000));
  EXPECT_EQ(reader.buffer.find_first_not_of('\0'), std::string::npos);
}

TEST_P(Descriptor, DevFullIsEnospc) {
  const Fd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  File file{loop(), File::borrow(full.get())};
  Writer writer{file, "no room"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::no_space_on_device));
  EXPECT_EQ(writer.request.transferred(), 0u);
}

TEST_P(Descriptor, AnEventDescriptorIsWaitedForLikeAnyOther) {
  const Fd event(eventfd(0, EFD_CLOEXEC));
  File file{loop(), File::borrow(event.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_EQ(eventfd_write(event.get(), 5), 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 8));
  EXPECT_EQ(reader.buffer, std::string("\5\0\0\0\0\0\0\0", 8));
}

/// Reads a file in pieces until an error; `all` is what came before it.
struct WholeRead {
  std::string all;
  Reader reader;

  WholeRead(File& file, std::size_t piece) : reader(file, piece) {
    reader.done.then = [this] {
      all += reader.text();
      return *reader.done.result ? Action::rearm : Action::disarm;
    };
    EXPECT_TRUE(reader.read());
  }
  bool over() const { return reader.request.idle(); }
  const Error& error() const { return reader.done.result->error(); }
};

TEST_P(Descriptor, AHangUpOfAPipeComesAfterItsData) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, pattern(10'500));
  pipe.write.reset();
  File file{loop(), File::borrow(pipe.read.get())};
  WholeRead whole{file, 1000};
  ASSERT_TRUE(run_until([&] { return whole.over(); }));
  EXPECT_TRUE(whole.all == pattern(10'500));
  EXPECT_TRUE(is_error(whole.error(), Errc::eof));
}

TEST_P(Descriptor, AHangUpUnderAPendingReadComesAfterItsData) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  WholeRead whole{file, 1000};
  turns();
  feed(pipe.write, pattern(10'500));
  pipe.write.reset();
  ASSERT_TRUE(run_until([&] { return whole.over(); }));
  EXPECT_TRUE(whole.all == pattern(10'500));
  EXPECT_TRUE(is_error(whole.error(), Errc::eof));
}

TEST_P(Descriptor, AHangUpOfASocketComesAfterItsData) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  WholeRead whole{file, 1000};
  turns();
  feed(sockets.far, pattern(10'500));
  sockets.far.reset();
  ASSERT_TRUE(run_until([&] { return whole.over(); }));
  EXPECT_TRUE(whole.all == pattern(10'500));
  EXPECT_TRUE(is_error(whole.error(), Errc::eof));
}

TEST_P(Descriptor, AHangUpOfATerminalComesAfterItsData) {
  // The controlling end cannot be opened a second time: that makes another terminal.
  Terminal terminal = make_terminal();
  File file{loop(), File::borrow(terminal.master.get())};
  WholeRead whole{file, 16};
  turns();
  feed(terminal.slave, "last words of the slave");
  terminal.slave.reset();
  ASSERT_TRUE(run_until([&] { return whole.over(); }));
  EXPECT_EQ(whole.all, "last words of the slave");
  EXPECT_TRUE(is_error(whole.error(), std::errc::io_error));
}

volatile std::sig_atomic_t broken_pipes = 0;

/// Counts SIGPIPE while it lives.
class BrokenPipeCounter {
 public:
  BrokenPipeCounter() {
    broken_pipes = 0;
    struct sigaction counting{};
    counting.sa_handler = [](int) { broken_pipes = broken_pipes + 1; };
    sigaction(SIGPIPE, &counting, &before_);
  }
  ~BrokenPipeCounter() { sigaction(SIGPIPE, &before_, nullptr); }
  BrokenPipeCounter(const BrokenPipeCounter&) = delete;
  BrokenPipeCounter& operator=(const BrokenPipeCounter&) = delete;
  int count() const { return broken_pipes; }

 private:
  struct sigaction before_{};
};

TEST_P(Descriptor, ABrokenPipeIsEpipeAndNoSignal) {
  BrokenPipeCounter signals;
  PipeEnds pipe = make_pipe();
  pipe.read.reset();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, "nobody"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
  std::string text = "nobody";
  const iovec vector{text.data(), text.size()};
  ASSERT_TRUE(writer.request.writev(std::span(&vector, 1), bind(writer.done)));
  ASSERT_TRUE(run_until_called(writer.done, 2));
  EXPECT_TRUE(is_error(writer.done.result->error(), std::errc::broken_pipe));
  EXPECT_EQ(signals.count(), 0);
}

TEST_P(Descriptor, APipeThatBreaksUnderAPendingWriteRaisesNoSignal) {
  BrokenPipeCounter signals;
  PipeEnds pipe = make_small_pipe();
  fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, "blocked"};
  ASSERT_TRUE(writer.write());
  turns();
  EXPECT_EQ(writer.done.calls, 0);
  pipe.read.reset();
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
  EXPECT_EQ(signals.count(), 0);
}

TEST_P(Descriptor, ASocketNobodyReadsRaisesNoSignal) {
  BrokenPipeCounter signals;
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  sockets.far.reset();
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, "nobody"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
  EXPECT_EQ(signals.count(), 0);
}

TEST_P(Descriptor, ASpliceIntoABrokenPipeRaisesNoSignal) {
  BrokenPipeCounter signals;
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  out.read.reset();
  feed(in.write, "nobody");
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  IoRequest request{source};
  IoRecorder done;
  ASSERT_TRUE(request.splice(target, 16, bind(done)));
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, std::errc::broken_pipe));
  EXPECT_EQ(signals.count(), 0);
}

TEST_P(Descriptor, ABrokenPipeRaisesTheSignalWhereThatIsAskedFor) {
  remake_loop({.broken_pipe = BrokenPipe::deliver});
  BrokenPipeCounter signals;
  PipeEnds pipe = make_pipe();
  pipe.read.reset();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, "nobody"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(writer.done, std::errc::broken_pipe));
  EXPECT_EQ(signals.count(), 1);
}

TEST_P(Descriptor, SuppressionLeavesTheSignalsOfOthersAlone) {
  BrokenPipeCounter signals;
  PipeEnds pipe = make_pipe();
  pipe.read.reset();
  File file{loop(), File::borrow(pipe.write.get())};
  Writer writer{file, "nobody"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  // Where the kernel can write without the signal, only splice(2) needs the mask.
  PipeEnds in = make_pipe();
  feed(in.write, "nobody");
  File source{loop(), File::borrow(in.read.get())};
  IoRequest splice{source};
  IoRecorder moved;
  ASSERT_TRUE(splice.splice(file, 16, bind(moved)));
  ASSERT_TRUE(run_until_called(moved));
  sigset_t mask;
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, nullptr, &mask), 0);
  EXPECT_FALSE(sigismember(&mask, SIGPIPE)) << "blocked in the caller's thread";
  EXPECT_EQ(::write(pipe.write.get(), "x", 1), -1);
  EXPECT_EQ(signals.count(), 1) << "the program's own write must still raise it";
}

}  // namespace
}  // namespace evt::contract
