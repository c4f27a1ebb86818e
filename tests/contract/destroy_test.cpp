/// Destroying requests, files and loops with work in flight is defined: nothing is called, touched or leaked.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Destroy);

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) != -1;
}

/// A place for a T that shows whether anybody writes to it after the T is gone.
template <class T>
class Grave {
 public:
  template <class... A>
  explicit Grave(A&... arguments) : object_(new(place_) T(arguments...)) {}
  Grave(const Grave&) = delete;
  Grave& operator=(const Grave&) = delete;
  ~Grave() {
    if (object_ != nullptr) object_->~T();
  }
  T& operator*() { return *object_; }
  T* operator->() { return object_; }
  void bury() {
    std::exchange(object_, nullptr)->~T();
    std::memset(place_, 0xee, sizeof place_);
  }
  bool untouched() const {
    for (const std::byte each : place_) {
      if (each != std::byte{0xee}) return false;
    }
    return true;
  }

 private:
  alignas(T) std::byte place_[sizeof(T)];
  T* object_;
};

TEST_P(Destroy, APendingRequestIsForgotten) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  IoRecorder done;
  std::string buffer(16, '-');
  Grave<IoRequest> request{file};
  ASSERT_TRUE(request->read(space_of(buffer), bind(done)));
  turns();
  request.bury();
  feed(pipe.write, "for nobody");
  turns(10);
  EXPECT_TRUE(request.untouched());
  EXPECT_EQ(done.calls, 0);
  EXPECT_EQ(buffer, std::string(16, '-'));
  EXPECT_EQ(drain(pipe.read), "for nobody");
}

TEST_P(Destroy, AQueuedRequestLeavesTheOrderOfTheOthers) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 1};
  Reader last{file, 1};
  IoRecorder done;
  char byte = '-';
  Grave<IoRequest> queued{file};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(queued->read(std::as_writable_bytes(std::span(&byte, 1)), bind(done)));
  ASSERT_TRUE(last.read());
  turns();
  queued.bury();
  feed(pipe.write, "12");
  ASSERT_TRUE(run_until_called(last.done));
  EXPECT_EQ(first.text() + last.text(), "12");
  EXPECT_TRUE(queued.untouched());
  EXPECT_EQ(done.calls, 0);
}

TEST_P(Destroy, AReadyRequestIsNotCalled) {
  remake_loop({.budget = 1});
  PipeEnds pipe = make_pipe();
  feed(pipe.write, pattern(4000));
  File file{loop(), File::borrow(pipe.read.get())};
  IoRecorder done;
  char byte = 0;
  Grave<IoRequest> request{file};
  ASSERT_TRUE(make_ready(*request, [&] { request->read(std::as_writable_bytes(std::span(&byte, 1)), bind(done)); }));
  const int before = done.calls;
  request.bury();
  turns(10);
  EXPECT_TRUE(request.untouched());
  EXPECT_EQ(done.calls, before);
}

TEST_P(Destroy, ABlockedWriteStopsWhereItIs) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  auto writer = std::make_unique<Writer>(file, pattern(60'000));
  const std::string source = writer->text;
  ASSERT_TRUE(writer->write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read, 1000);
    return received.size() >= 9000;
  }));
  writer.reset();
  received += drain(pipe.read);
  turns(10);
  EXPECT_FALSE(has_input(pipe.read));
  EXPECT_TRUE(received == source.substr(0, received.size()));
}

TEST_P(Destroy, OthersInACallbackIsSafeWhateverTheirState) {
  remake_loop({.budget = 64});
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  std::deque<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(readers.emplace_back(std::make_unique<Reader>(file, 1))->read());
  turns();
  // In flight, queued, and (3 to 5) ready in the same turn as the one whose callback destroys them all.
  readers[2]->done.then = [&] {
    for (const std::size_t victim : {0u, 1u, 3u, 4u, 5u}) {
      EXPECT_EQ(readers[victim]->done.calls, 0);
      readers[victim].reset();
    }
    return Action::disarm;
  };
  for (const std::size_t each : {2u, 3u, 4u, 5u})
    readers[each]->request.cancel();
  EXPECT_EQ(turns(1), 1u);
  EXPECT_EQ(readers[2]->done.calls, 1);
  feed(pipe.write, "kept");
  turns(10);
  EXPECT_EQ(drain(pipe.read), "kept");
}

TEST_P(Destroy, TheFileInACallbackOfItsOwnRequestIsSafe) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "12");
  auto file = std::make_unique<File>(loop(), File::borrow(pipe.read.get()));
  auto first = std::make_unique<Reader>(*file, 1);
  Reader second{*file, 1};
  int calls = 0;
  auto done = [&] {
    ++calls;
    first.reset();
    file.reset();
  };
  ASSERT_TRUE(first->request.read(space_of(first->buffer), bind(done)));
  ASSERT_TRUE(second.read());
  ASSERT_TRUE(run_until([&] { return calls > 0; }));
  turns(10);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(second.done.calls, 0);
  EXPECT_TRUE(second.request.idle());
}

TEST_P(Destroy, AFileSettlesItsRequestsWhichThenRefuse) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  auto file = std::make_unique<File>(loop(), File::borrow(sockets.near.get()));
  Reader in_flight{*file, 8};
  Reader queued{*file, 8};
  Writer writer{*file, "blocked"};
  ASSERT_TRUE(in_flight.read());
  ASSERT_TRUE(queued.read());
  ASSERT_TRUE(writer.write());
  turns();
  file.reset();
  EXPECT_TRUE(in_flight.request.idle());
  EXPECT_TRUE(queued.request.idle());
  EXPECT_TRUE(writer.request.idle());
  feed(sockets.far, "late");
  turns(10);
  EXPECT_EQ(in_flight.done.calls + queued.done.calls + writer.done.calls, 0);
  EXPECT_EQ(drain(sockets.near), "late");
  EXPECT_TRUE(is_error(in_flight.read().error(), Errc::no_loop));
}

TEST_P(Destroy, AFileClosesWhatItAdoptedAndLeavesWhatItBorrowed) {
  PipeEnds pipe = make_pipe();
  const int adopted = pipe.read.get();
  {
    File file{loop(), File::adopt(std::move(pipe.read))};
  }
  EXPECT_FALSE(is_open(adopted));
  {
    File file{loop(), File::borrow(pipe.write.get())};
  }
  EXPECT_TRUE(is_open(pipe.write.get()));
}

TEST_P(Destroy, ReleaseSettlesAndGivesTheDescriptorBackOpen) {
  PipeEnds pipe = make_pipe();
  const int number = pipe.read.get();
  File file{loop(), File::adopt(std::move(pipe.read))};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  const Fd back(file.release());
  EXPECT_EQ(back.get(), number);
  EXPECT_FALSE(file.is_open());
  EXPECT_TRUE(reader.request.idle());
  feed(pipe.write, "open");
  turns(10);
  EXPECT_EQ(reader.done.calls, 0);
  EXPECT_EQ(drain(back), "open");
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, std::errc::bad_file_descriptor));
}

TEST_P(Destroy, AssignSettlesClosesTheOldAndServesTheNew) {
  PipeEnds old_pipe = make_pipe();
  PipeEnds new_pipe = make_pipe();
  const int old_number = old_pipe.read.get();
  File file{loop(), File::adopt(std::move(old_pipe.read))};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  file.assign(File::borrow(new_pipe.read.get()));
  EXPECT_FALSE(is_open(old_number));
  EXPECT_TRUE(reader.request.idle());
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_TRUE(reader.read());
  turns();
  feed(new_pipe.write, "new");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "new");
}

TEST_P(Destroy, AssignForgetsWhatTheOldDescriptorWas) {
  // Kind, readiness and registration belong to the descriptor: the same number may be anything next.
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  ASSERT_EQ(send(sockets.far.get(), "", 0, 0), 0);
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(is_value(*reader.done.result, 0));

  const Fd regular = make_file("regular");
  file.assign(File::borrow(regular.get()));
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_TRUE(is_value(*reader.done.result, 7));
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done, 3));
  EXPECT_TRUE(is_error(reader.done.result->error(), Errc::eof));

  PipeEnds pipe = make_pipe();
  file.assign(File::borrow(pipe.read.get()));
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(reader.done.calls, 3);
  feed(pipe.write, "pipe");
  ASSERT_TRUE(run_until_called(reader.done, 4));
  EXPECT_EQ(reader.text(), "pipe");
}

TEST_P(Destroy, ANewFileOnAReusedDescriptorNumberSeesItsOwnData) {
  for (int round = 0; round < 10; ++round) {
    PipeEnds pipe = make_pipe();
    File file{loop(), File::adopt(std::move(pipe.read))};
    Reader reader{file, 8};
    ASSERT_TRUE(reader.read());
    turns(2);
    ASSERT_EQ(reader.done.calls, 0) << "an event of the File before";
    feed(pipe.write, std::to_string(round));
    if (round % 2 == 0) {
      ASSERT_TRUE(run_until_called(reader.done));
      EXPECT_EQ(reader.text(), std::to_string(round));
    }
  }
}

TEST_P(Destroy, ALoopSettlesEverythingWithoutCallingBack) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader in_flight{file, 8};
  Reader queued{file, 8};
  Writer writer{file, "blocked"};
  Nop nop{loop()};
  VoidRecorder nopped;
  ASSERT_TRUE(in_flight.read());
  ASSERT_TRUE(queued.read());
  ASSERT_TRUE(writer.write());
  turns();
  ASSERT_TRUE(nop.submit(bind(nopped)));
  destroy_loop();
  EXPECT_TRUE(in_flight.request.idle());
  EXPECT_TRUE(queued.request.idle());
  EXPECT_TRUE(writer.request.idle());
  EXPECT_TRUE(nop.idle());
  EXPECT_EQ(in_flight.done.calls + queued.done.calls + writer.done.calls + nopped.calls, 0);
  feed(sockets.far, "kept");
  EXPECT_EQ(drain(sockets.near), "kept");
}

TEST_P(Destroy, RequestsThatOutliveTheLoopRefuseWithNoLoop) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  Nop nop{loop()};
  OpenRequest opening{loop()};
  Timer timer{loop()};
  Wake wake{loop()};
  VoidRecorder done;
  OpenRecorder opened;
  TimerRecorder fired;
  ASSERT_TRUE(timer.after(1h, bind(fired)));
  destroy_loop();
  const Ticket ticket = reader.read();
  EXPECT_FALSE(ticket);
  EXPECT_TRUE(is_error(ticket.error(), Errc::no_loop));
  EXPECT_TRUE(is_error(nop.submit(bind(done)).error(), Errc::no_loop));
  EXPECT_TRUE(is_error(opening.open("/dev/null", {}, bind(opened)).error(), Errc::no_loop));
  EXPECT_TRUE(is_error(timer.after(1ms, bind(fired)).error(), Errc::no_loop));
  EXPECT_TRUE(is_error(wake.wait(bind(done)).error(), Errc::no_loop));
  reader.request.cancel();
  EXPECT_FALSE(reader.request.cancel_sync());
  reader.request.unref();
  reader.request.ref();
  wake.notify();
  EXPECT_TRUE(reader.request.idle());
}

TEST_P(Destroy, AFileThatOutlivesTheLoopStillOwnsItsDescriptor) {
  PipeEnds pipe = make_pipe();
  const int number = pipe.read.get();
  auto file = std::make_unique<File>(loop(), File::adopt(std::move(pipe.read)));
  Reader reader{*file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  destroy_loop();
  EXPECT_TRUE(is_open(number));
  file->pause(Direction::read);
  file->resume(Direction::read);
  EXPECT_TRUE(is_error(reader.read().error(), Errc::no_loop));
  file.reset();
  EXPECT_FALSE(is_open(number));
}

TEST_P(Destroy, ALoopMayMoveWithWorkInFlight) {
  PipeEnds pipe = make_pipe();
  auto made = make_loop();
  ASSERT_TRUE(made);
  File file{*made, File::borrow(pipe.read.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(made->run(RunMode::no_wait));
  Loop moved = std::move(*made);
  feed(pipe.write, "moved");
  EXPECT_TRUE(is_value(moved.run(RunMode::until_done), 1));
  EXPECT_EQ(reader.text(), "moved");
}

}  // namespace
}  // namespace evt::contract
