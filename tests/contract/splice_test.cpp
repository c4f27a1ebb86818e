/// splice: bytes move without copying, in both queues at once, and crossing splices cannot lock each other out.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Splice);

struct Mover {
  IoRecorder done;
  IoRequest request;
  File& target;

  Mover(File& from, File& to) : request(from), target(to) {}
  Ticket splice(std::size_t size) { return request.splice(target, size, bind(done)); }
};

TEST_P(Splice, MovesWhatIsThereFromPipeToPipe) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  ASSERT_TRUE(mover.splice(4096));
  turns();
  EXPECT_EQ(mover.done.calls, 0);
  feed(in.write, "through");
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_TRUE(completed_with(mover.done, 7));
  EXPECT_EQ(mover.request.transferred(), 7u);
  EXPECT_EQ(drain(out.read), "through");
}

TEST_P(Splice, OfAnEndedPipeIsTheErrorEof) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  ASSERT_TRUE(mover.splice(4096));
  turns();
  in.write.reset();
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_TRUE(failed_with(mover.done, Errc::eof));
}

TEST_P(Splice, MovesARegularFileIntoAPipeFromItsPosition) {
  const std::string text = pattern(200'000);
  const Fd descriptor = make_file(text);
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(descriptor.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  mover.done.then = [&] { return *mover.done.result ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(mover.splice(50'000));
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(out.read);
    return mover.request.idle();
  }));
  received += drain(out.read);
  EXPECT_TRUE(is_error(mover.done.result->error(), Errc::eof));
  EXPECT_TRUE(received == text);
}

TEST_P(Splice, MovesAPipeIntoARegularFile) {
  PipeEnds in = make_pipe();
  feed(in.write, "to disk");
  const Fd descriptor = make_file();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(descriptor.get())};
  Mover mover{source, target};
  ASSERT_TRUE(mover.splice(4096));
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_TRUE(completed_with(mover.done, 7));
  EXPECT_EQ(contents(descriptor), "to disk");
}

TEST_P(Splice, WaitsForRoomInTheTargetAndLosesNothing) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_small_pipe();
  const std::string text = pattern(40'000);
  feed(in.write, text);
  in.write.reset();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  mover.done.then = [&] { return *mover.done.result ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(mover.splice(8192));
  turns(10);
  EXPECT_FALSE(mover.request.idle());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(out.read, 1000);
    return mover.request.idle();
  }));
  received += drain(out.read);
  EXPECT_TRUE(is_error(mover.done.result->error(), Errc::eof));
  EXPECT_TRUE(received == text);
}

TEST_P(Splice, MovesBetweenASocketOfOursAndAPipe) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM | SOCK_NONBLOCK);
  PipeEnds pipe = make_pipe();
  File socket{loop(), File::borrow(sockets.near.get())};
  File into{loop(), File::borrow(pipe.write.get())};
  Mover from_socket{socket, into};
  ASSERT_TRUE(from_socket.splice(4096));
  turns();
  EXPECT_EQ(from_socket.done.calls, 0);
  feed(sockets.far, "inward");
  ASSERT_TRUE(run_until_called(from_socket.done));
  EXPECT_TRUE(completed_with(from_socket.done, 6));

  File outof{loop(), File::borrow(pipe.read.get())};
  Mover to_socket{outof, socket};
  ASSERT_TRUE(to_socket.splice(4096));
  ASSERT_TRUE(run_until_called(to_socket.done));
  EXPECT_TRUE(completed_with(to_socket.done, 6));
  EXPECT_EQ(drain(sockets.far), "inward");
}

TEST_P(Splice, ASocketThatBlocksIsRefusedAsEinval) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  PipeEnds pipe = make_pipe();
  feed(sockets.far, "kept");
  File source{loop(), File::borrow(sockets.near.get())};
  File target{loop(), File::borrow(pipe.write.get())};
  Mover mover{source, target};
  ASSERT_TRUE(mover.splice(16));
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_TRUE(failed_with(mover.done, std::errc::invalid_argument));
  EXPECT_EQ(drain(sockets.near), "kept");
}

TEST_P(Splice, SpinsOnNeitherSideWhileItWaits) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_small_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  const auto expect_calm = [&](const char* what) {
    turns(10);
    const auto before = loop().statistics().turns;
    Timer timer(loop());
    TimerRecorder fired;
    ASSERT_TRUE(timer.after(50ms, bind(fired)));
    ASSERT_TRUE(run_until([&] {
      EXPECT_TRUE(loop().run(RunMode::once));
      return fired.calls > 0;
    }));
    EXPECT_LE(loop().statistics().turns - before, 10U) << what;
    EXPECT_EQ(mover.done.calls, 0);
  };
  ASSERT_TRUE(mover.splice(64));
  expect_calm("nothing to take, and room");
  ASSERT_FALSE(mover.request.cancel_sync());

  fill(out.write);
  feed(in.write, "waits");
  ASSERT_TRUE(mover.splice(64));
  expect_calm("something to take, and no room");
  drain(out.read);
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_EQ(drain(out.read), "waits");
}

TEST_P(Splice, WaitsForTheWriteInFlightOfItsTarget) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_small_pipe();
  const std::string before = fill(out.write);
  feed(in.write, "moved");
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Writer writer{target, "written,"};
  Mover mover{source, target};
  ASSERT_TRUE(writer.write());
  turns();
  ASSERT_EQ(writer.request.state(), Request::State::in_flight);
  ASSERT_TRUE(mover.splice(64));
  turns();
  EXPECT_EQ(mover.request.state(), Request::State::queued);
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(out.read);
    return mover.done.calls > 0;
  }));
  EXPECT_EQ(received + drain(out.read), before + "written,moved");
}

TEST_P(Splice, WaitsItsTurnInBothQueues) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  target.pause(Direction::write);
  Writer before{target, "before,"};
  Reader ahead{source, 6};
  Mover mover{source, target};
  Reader behind{source, 6};
  Writer after{target, ",after"};
  ASSERT_TRUE(before.write());
  ASSERT_TRUE(ahead.read_exact());
  ASSERT_TRUE(mover.splice(6));
  ASSERT_TRUE(behind.read_exact());
  ASSERT_TRUE(after.write());
  feed(in.write, "ahead!moved!behind");
  ASSERT_TRUE(run_until_called(ahead.done));
  turns();
  EXPECT_EQ(mover.request.state(), Request::State::queued) << "the target's queue is held";
  EXPECT_EQ(behind.request.state(), Request::State::queued) << "overtook the splice";
  target.resume(Direction::write);
  ASSERT_TRUE(run_until_called(after.done));
  ASSERT_TRUE(run_until_called(behind.done));
  EXPECT_EQ(ahead.text(), "ahead!");
  EXPECT_EQ(behind.text(), "behind");
  EXPECT_EQ(drain(out.read), "before,moved!,after");
}

TEST_P(Splice, CrossingSplicesAllComplete) {
  PipeEnds in[2] = {make_pipe(), make_pipe()};
  PipeEnds out[2] = {make_pipe(), make_pipe()};
  File source[2] = {File{loop(), File::borrow(in[0].read.get())}, File{loop(), File::borrow(in[1].read.get())}};
  File target[2] = {File{loop(), File::borrow(out[0].write.get())}, File{loop(), File::borrow(out[1].write.get())}};
  // Every source to every target, in orders that lock each other out where the queues are entered one by one.
  std::deque<Mover> movers;
  constexpr int plan[][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {1, 0}, {0, 0}, {0, 1}, {1, 1}};
  for (const auto& [from, to] : plan) {
    ASSERT_TRUE(movers.emplace_back(source[from], target[to]).splice(1));
  }
  turns();
  feed(in[1].write, "ABCD");
  turns();
  feed(in[0].write, "abcd");
  ASSERT_TRUE(
      run_until([&] { return std::ranges::all_of(movers, [](const Mover& each) { return each.done.calls > 0; }); }));
  for (const Mover& each : movers)
    EXPECT_TRUE(completed_with(each.done, 1));
  EXPECT_EQ(drain(out[0].read), "aACc");
  EXPECT_EQ(drain(out[1].read), "BbdD");
}

TEST_P(Splice, ACanceledSpliceLeavesBothQueues) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover in_flight{source, target};
  Mover queued{source, target};
  Reader reader{source, 8};
  Writer writer{target, "written"};
  ASSERT_TRUE(in_flight.splice(4096));
  ASSERT_TRUE(queued.splice(4096));
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  turns();
  EXPECT_EQ(writer.done.calls, 0);
  queued.request.cancel();
  ASSERT_TRUE(run_until_called(queued.done));
  in_flight.request.cancel();
  ASSERT_TRUE(run_until_called(in_flight.done));
  EXPECT_TRUE(failed_with(queued.done, Errc::canceled));
  EXPECT_TRUE(failed_with(in_flight.done, Errc::canceled));
  feed(in.write, "read");
  ASSERT_TRUE(run_until_called(reader.done));
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_EQ(reader.text(), "read");
  EXPECT_EQ(drain(out.read), "written");
}

TEST_P(Splice, CancelLosesNoByte) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  std::string sent;
  std::string received;
  for (int round = 0; round < 200; ++round) {
    const int calls = mover.done.calls;
    ASSERT_TRUE(mover.splice(4096));
    if (round % 3 != 0) turns(1);
    const std::string piece = "<" + std::to_string(round) + ">";
    feed(in.write, piece);
    sent += piece;
    if (round % 2 == 0) {
      mover.request.cancel();
      ASSERT_TRUE(run_until_called(mover.done, calls + 1));
    } else {
      mover.request.cancel_sync();
    }
    const std::string moved = drain(out.read);
    ASSERT_EQ(moved.size(), mover.request.transferred());
    received += moved + drain(in.read);
  }
  EXPECT_EQ(received, sent);
}

TEST_P(Splice, DestroyingTheTargetFileSettlesTheSplice) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  File source{loop(), File::borrow(in.read.get())};
  auto target = std::make_unique<File>(loop(), File::borrow(out.write.get()));
  Mover in_flight{source, *target};
  Mover queued{source, *target};
  ASSERT_TRUE(in_flight.splice(4096));
  ASSERT_TRUE(queued.splice(4096));
  turns();
  target.reset();
  EXPECT_TRUE(in_flight.request.idle());
  EXPECT_TRUE(queued.request.idle());
  Reader reader{source, 8};
  ASSERT_TRUE(reader.read());
  feed(in.write, "free");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "free");
  EXPECT_EQ(in_flight.done.calls + queued.done.calls, 0);
}

TEST_P(Splice, IntoABrokenPipeIsEpipe) {
  PipeEnds in = make_pipe();
  PipeEnds out = make_pipe();
  out.read.reset();
  feed(in.write, "nowhere");
  File source{loop(), File::borrow(in.read.get())};
  File target{loop(), File::borrow(out.write.get())};
  Mover mover{source, target};
  ASSERT_TRUE(mover.splice(16));
  ASSERT_TRUE(run_until_called(mover.done));
  EXPECT_TRUE(failed_with(mover.done, std::errc::broken_pipe));
}

}  // namespace
}  // namespace evt::contract
