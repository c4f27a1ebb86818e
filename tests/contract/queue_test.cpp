/// The two queues of a file: order, one in flight a direction, pause and resume, priorities and the budget.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>

namespace evt::contract {
namespace {

using Order = std::vector<std::string>;

EVT_CONTRACT_SUITE(Queue);

TEST_P(Queue, ReadsCompleteInTheOrderTheyWereSubmitted) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Order order;
  std::deque<Reader> readers;
  for (int i = 0; i < 20; ++i) {
    readers.emplace_back(file, 1).log_to(order, std::to_string(i));
    ASSERT_TRUE(i % 2 == 0 ? readers.back().read() : readers.back().read_exact());
  }
  feed(pipe.write, "abcdefghijklmnopqrst");
  ASSERT_TRUE(run_until([&] { return order.size() >= readers.size(); }));
  turns();
  ASSERT_EQ(order.size(), readers.size());
  std::string text;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    EXPECT_EQ(order[i], std::to_string(i));
    text += readers[i].text();
  }
  EXPECT_EQ(text, "abcdefghijklmnopqrst");
}

TEST_P(Queue, WritesGoOutWholeAndInTheOrderTheyWereSubmitted) {
  PipeEnds pipe = make_small_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Order order;
  std::deque<Writer> writers;
  std::string expected;
  for (int i = 0; i < 6; ++i) {
    writers.emplace_back(file, std::string(std::size_t{5000}, static_cast<char>('a' + i)) + pattern(997));
    writers.back().log_to(order, std::to_string(i));
    expected += writers.back().text;
    ASSERT_TRUE(writers.back().write());
  }
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(pipe.read);
    return order.size() >= writers.size();
  }));
  received += drain(pipe.read);
  EXPECT_TRUE(received == expected);
  EXPECT_EQ(order, (Order{"0", "1", "2", "3", "4", "5"}));
}

TEST_P(Queue, OneReadIsInFlightAndTheOthersWait) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 1};
  Reader second{file, 1};
  Reader third{file, 1};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  ASSERT_TRUE(third.read());
  turns();
  EXPECT_EQ(first.request.state(), Request::State::in_flight);
  EXPECT_EQ(second.request.state(), Request::State::queued);
  EXPECT_EQ(third.request.state(), Request::State::queued);
  feed(pipe.write, "1");
  ASSERT_TRUE(run_until_called(first.done));
  turns();
  EXPECT_EQ(second.request.state(), Request::State::in_flight);
  EXPECT_EQ(third.request.state(), Request::State::queued);
}

TEST_P(Queue, AReadDoesNotWaitForABlockedWrite) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  fill(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  Writer writer{file, "blocked"};
  Reader reader{file, 8};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(reader.read());
  turns();
  EXPECT_EQ(writer.request.state(), Request::State::in_flight);
  EXPECT_EQ(reader.request.state(), Request::State::in_flight);
  feed(sockets.far, "through");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "through");
  EXPECT_EQ(writer.done.calls, 0);
}

TEST_P(Queue, AWriteDoesNotWaitForABlockedRead) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 8};
  Writer writer{file, "through"};
  ASSERT_TRUE(reader.read());
  turns();
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(writer.done, 7));
  EXPECT_EQ(drain(sockets.far), "through");
  EXPECT_EQ(reader.done.calls, 0);
}

TEST_P(Queue, TheEndOfOneDirectionLeavesTheOtherGoing) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  ASSERT_EQ(shutdown(sockets.far.get(), SHUT_WR), 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
  Writer writer{file, pattern(500'000)};
  ASSERT_TRUE(writer.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(sockets.far);
    return writer.done.calls > 0;
  }));
  received += drain(sockets.far);
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_TRUE(received == writer.text);
}

TEST_P(Queue, OperationsOfAnUnorderedFileAreAllInFlight) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get()), Ordering::unordered};
  Reader first{file, 1};
  Reader second{file, 1};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  turns();
  EXPECT_EQ(first.request.state(), Request::State::in_flight);
  EXPECT_EQ(second.request.state(), Request::State::in_flight);
  feed(pipe.write, "12");
  ASSERT_TRUE(run_until([&] { return first.done.calls + second.done.calls >= 2; }));
  EXPECT_TRUE(completed_with(first.done, 1));
  EXPECT_TRUE(completed_with(second.done, 1));
  EXPECT_NE(first.text(), second.text());
}

TEST_P(Queue, UnorderedWritesThatDoNotFitAllEndWhole) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get()), Ordering::unordered};
  std::deque<Writer> writers;
  for (const char letter : {'a', 'b', 'c', 'd'})
    writers.emplace_back(file, std::string(200'000, letter));
  for (Writer& each : writers)
    ASSERT_TRUE(each.write());
  std::string received;
  ASSERT_TRUE(run_until([&] {
    received += drain(sockets.far);
    return received.size() >= 800'000;
  }));
  ASSERT_TRUE(
      run_until([&] { return std::ranges::all_of(writers, [](Writer& each) { return each.done.calls > 0; }); }));
  for (Writer& each : writers) {
    EXPECT_TRUE(completed_with(each.done, 200'000));
    EXPECT_EQ(std::ranges::count(received, each.text[0]), 200'000);
  }
}

TEST_P(Queue, APausedDirectionStartsNothingAndGoesOnInOrder) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "ab");
  File file{loop(), File::borrow(pipe.read.get())};
  Order order;
  Reader first{file, 1};
  Reader second{file, 1};
  first.log_to(order, "first");
  second.log_to(order, "second");
  file.pause(Direction::read);
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  EXPECT_EQ(turns(10), 0u);
  EXPECT_EQ(first.request.state(), Request::State::queued);
  EXPECT_EQ(bytes_in(pipe.read), 2u);
  file.resume(Direction::read);
  EXPECT_TRUE(order.empty()) << "called inside resume()";
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_EQ(order, (Order{"first", "second"}));
  EXPECT_EQ(first.text() + second.text(), "ab");
}

TEST_P(Queue, TheEndOfTheOneInFlightStartsNothingWhilePaused) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader first{file, 1};
  Reader second{file, 1};
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(second.read());
  turns();
  file.pause(Direction::read);
  feed(pipe.write, "ab");
  ASSERT_TRUE(run_until_called(first.done));
  turns(10);
  EXPECT_EQ(second.request.state(), Request::State::queued);
  EXPECT_EQ(drain(pipe.read), "b");
}

TEST_P(Queue, PauseCancelsNothingInFlight) {
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Reader going{file, 1};
  Reader held{file, 1};
  ASSERT_TRUE(going.read());
  ASSERT_TRUE(held.read());
  turns();
  file.pause(Direction::read);
  feed(pipe.write, "12");
  ASSERT_TRUE(run_until_called(going.done));
  EXPECT_TRUE(completed_with(going.done, 1));
  turns();
  EXPECT_EQ(held.request.state(), Request::State::queued);
  EXPECT_EQ(bytes_in(pipe.read), 1u);
  file.resume(Direction::read);
  ASSERT_TRUE(run_until_called(held.done));
  EXPECT_EQ(held.text(), "2");
}

TEST_P(Queue, PausingReadsLeavesWritesGoing) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  feed(sockets.far, "held");
  File file{loop(), File::borrow(sockets.near.get())};
  file.pause(Direction::read);
  Reader reader{file, 8};
  Writer writer{file, "going"};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done));
  turns();
  EXPECT_EQ(reader.done.calls, 0);
  file.resume(Direction::read);
  file.pause(Direction::write);
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(reader.done));
  turns();
  EXPECT_EQ(reader.text(), "held");
  EXPECT_EQ(writer.done.calls, 1);
}

TEST_P(Queue, ARequestOfAPausedFileCanBeCanceled) {
  PipeEnds pipe = make_pipe();
  feed(pipe.write, "left");
  File file{loop(), File::borrow(pipe.read.get())};
  file.pause(Direction::read);
  Reader reader{file, 8};
  ASSERT_TRUE(reader.read());
  turns();
  reader.request.cancel();
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::canceled));
  EXPECT_EQ(drain(pipe.read), "left");
}

/// Requests whose results are there before any is delivered, on every backend: queued ones that were cancelled.
struct Canceled {
  explicit Canceled(Loop& loop) : pipe(make_pipe()), file(loop, File::borrow(pipe.read.get())) {
    file.pause(Direction::read);
  }
  Reader& add(Order& order, std::string name, int priority) {
    Reader& reader = readers.emplace_back(file, 1);
    reader.log_to(order, std::move(name));
    reader.request.set_priority(priority);
    EXPECT_TRUE(reader.read());
    return reader;
  }
  void cancel_all() {
    for (Reader& each : readers)
      each.request.cancel();
  }
  PipeEnds pipe;
  File file;
  std::deque<Reader> readers;
};

TEST_P(Queue, LowerPriorityNumbersAreCalledFirstWithinATurn) {
  Canceled set{loop()};
  Order order;
  set.add(order, "late", 7);
  set.add(order, "default", 0);
  set.add(order, "early", -7);
  EXPECT_EQ(set.readers.back().request.priority(), -7);
  set.cancel_all();
  EXPECT_EQ(turns(1), 3u);
  EXPECT_EQ(order, (Order{"early", "default", "late"}));
}

TEST_P(Queue, EqualPrioritiesAreCalledFirstInFirstOut) {
  Canceled set{loop()};
  Order order;
  set.add(order, "a", 3);
  set.add(order, "b", 1);
  set.add(order, "c", 3);
  set.add(order, "d", 1);
  set.add(order, "e", 3);
  set.cancel_all();
  EXPECT_EQ(turns(1), 5u);
  EXPECT_EQ(order, (Order{"b", "d", "a", "c", "e"}));
}

TEST_P(Queue, ATurnMakesNoMoreCallbacksThanItsBudget) {
  remake_loop({.budget = 2});
  Canceled set{loop()};
  Order order;
  for (const char* name : {"a", "b", "c", "d", "e"})
    set.add(order, name, 0);
  set.cancel_all();
  EXPECT_EQ(turns(1), 2u);
  EXPECT_EQ(turns(1), 2u);
  EXPECT_EQ(turns(1), 1u);
  EXPECT_EQ(order, (Order{"a", "b", "c", "d", "e"}));
}

TEST_P(Queue, APriorityNeverBeatsTheBudget) {
  remake_loop({.budget = 2});
  Canceled set{loop()};
  Order order;
  // Two that come back for ever in front of one that would wait for ever.
  for (const char* name : {"greedy", "greedier"}) {
    Reader& reader = set.add(order, name, -5);
    reader.done.then = [&reader] {
      EXPECT_TRUE(reader.read());
      reader.request.cancel();
      return Action::disarm;
    };
  }
  Reader& patient = set.add(order, "patient", 5);
  set.cancel_all();
  for (int turn = 0; turn < 10 && patient.done.calls == 0; ++turn)
    turns(1);
  EXPECT_EQ(patient.done.calls, 1);
}

TEST_P(Queue, AFileThatIsAlwaysReadyDoesNotStarveAnother) {
  remake_loop({.budget = 4});
  const Fd zero(open("/dev/zero", O_RDONLY | O_CLOEXEC));
  File busy{loop(), File::borrow(zero.get())};
  std::deque<Reader> greedy;
  for (int i = 0; i < 8; ++i) {
    Reader& reader = greedy.emplace_back(busy, 16);
    reader.done.then = [] { return Action::rearm; };
    ASSERT_TRUE(reader.read());
  }
  PipeEnds pipe = make_pipe();
  File quiet{loop(), File::borrow(pipe.read.get())};
  Reader reader{quiet, 8};
  ASSERT_TRUE(reader.read());
  turns(10);
  feed(pipe.write, "seen");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "seen");
}

}  // namespace
}  // namespace evt::contract
