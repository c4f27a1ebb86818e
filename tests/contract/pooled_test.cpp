/// What a pooled receive leaves behind: errors and ends after data, cancels, several pools, who gets the
/// next buffer.
#include "contract/sockets.hpp"

#include <algorithm>
#include <memory>

namespace evt::contract {
namespace {

std::string text_of(const Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

/// A receive with all it needs. Rearms until it has `wanted` bytes.
struct Taker {
  BufferPool& pool;
  ReceiveRequest request;
  std::string text;
  std::size_t wanted = 1;
  int calls = 0;
  std::optional<Error> error;

  Taker(File& file, BufferPool& buffers) : pool(buffers), request(file) {}
  Ticket receive() { return request.receive(pool, bind<&Taker::on_received>(*this)); }
  Action on_received(Result<Buffer> buffer) {
    ++calls;
    if (!buffer) {
      error = buffer.error();
      return Action::disarm;
    }
    text += text_of(*buffer);
    return text.size() < wanted ? Action::rearm : Action::disarm;
  }
};

class Pooled : public Contract {
 protected:
  /// Lets the loop receive ahead, if it does at all: `text` comes while `taker` wants one byte of it.
  void receive_ahead(const Fd& far, Taker& taker, std::string_view text) {
    ASSERT_TRUE(taker.receive());
    turns();
    feed(far, text);
    ASSERT_TRUE(run_until([&] { return taker.text.size() >= std::min(taker.wanted, text.size()); }));
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, Pooled, testing::ValuesIn(backends()), backend_name);

TEST_P(Pooled, TheEndComesAfterTheDataBeforeIt) {
  for (const bool at_once : {false, true}) {
    BufferPool pool{loop(), {.count = 8, .size = 4}};
    SocketPair sockets = make_socket_pair(SOCK_STREAM);
    File file{loop(), File::borrow(sockets.near.get())};
    Taker taker{file, pool};
    ASSERT_TRUE(taker.receive());
    turns();
    feed(sockets.far, "twelve bytes");
    if (!at_once) {
      ASSERT_TRUE(run_until([&] { return taker.calls > 0; }));
    }
    sockets.far.reset();
    ASSERT_TRUE(run_until([&] { return taker.calls > 0; }));
    turns();
    taker.wanted = SIZE_MAX;
    for (int count = 0; count < 2; ++count) {
      taker.error.reset();
      ASSERT_TRUE(taker.receive());
      ASSERT_TRUE(run_until([&] { return taker.error.has_value(); }));
      EXPECT_TRUE(is_error(*taker.error, Errc::eof)) << "it stays the end";
      EXPECT_EQ(taker.text, "twelve bytes") << "and comes last";
    }
    EXPECT_EQ(pool.available(), 8u);
  }
}

TEST_P(Pooled, AResetIsToldOnceAndIsTheEndFromThenOn) {
  BufferPool pool{loop(), {.count = 8, .size = 4}};
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Taker taker{file, pool};
  ASSERT_TRUE(taker.receive());
  turns();
  reset_connection(sockets.far);
  ASSERT_TRUE(run_until([&] { return taker.error.has_value(); }));
  EXPECT_TRUE(is_error(*taker.error, std::errc::connection_reset));
  taker.error.reset();
  ASSERT_TRUE(taker.receive());
  ASSERT_TRUE(run_until([&] { return taker.error.has_value(); }));
  EXPECT_TRUE(is_error(*taker.error, Errc::eof));
  EXPECT_EQ(pool.available(), 8u);
}

TEST_P(Pooled, ReadExactTakesWhatWasReceivedAheadAndWaitsForTheRest) {
  BufferPool pool{loop(), {.count = 8, .size = 4}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Taker taker{file, pool};
  receive_ahead(sockets.far, taker, "0123456789");
  Reader reader{file, 14 - taker.text.size()};
  ASSERT_TRUE(reader.read_exact());
  turns(8);
  EXPECT_EQ(reader.done.calls, 0);
  feed(sockets.far, "abcdef");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(taker.text + reader.text(), "0123456789abcd");
  Taker rest{file, pool};
  ASSERT_TRUE(rest.receive());
  ASSERT_TRUE(run_until([&] { return rest.calls > 0; }));
  EXPECT_EQ(rest.text, std::string("ef").substr(0, rest.text.size()));
}

TEST_P(Pooled, ARearmedReceiveStaysWithItsPool) {
  BufferPool one{loop(), {.count = 4, .size = 2}};
  BufferPool two{loop(), {.count = 4, .size = 8}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Taker first{file, one};
  receive_ahead(sockets.far, first, "abcdef");
  Taker second{file, two};
  second.wanted = 6 - first.text.size() + 8;
  ASSERT_TRUE(second.receive());
  ASSERT_TRUE(run_until([&] { return first.text.size() + second.text.size() == 6; }));
  turns();
  // From here on it is the second pool's turn: one buffer takes all of it.
  const int before = second.calls;
  feed(sockets.far, "12345678");
  ASSERT_TRUE(run_until([&] { return second.text.size() == second.wanted; }));
  if (!simulated()) {
    EXPECT_EQ(second.calls, before + 1) << "in pieces of the first pool's size";
  }
}

TEST_P(Pooled, CancelRacingWithDataLosesNoByteAndNoBuffer) {
  BufferPool pool{loop(), {.count = 4, .size = 3}};
  SocketPair sockets = make_tcp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  std::string all;
  std::string sent;
  for (int round = 0; round < 80; ++round) {
    Taker taker{file, pool};
    ASSERT_TRUE(taker.receive());
    if (round % 3 != 0) turns(1);
    const std::string piece = "<" + std::to_string(round) + ">";
    feed(sockets.far, piece);
    sent += piece;
    if (round % 4 == 0) turns(1);
    if (round % 5 == 0) {
      auto won = taker.request.cancel_sync();
      if (won && *won) all += text_of(**won);
    } else {
      taker.request.cancel();
      ASSERT_TRUE(run_until([&] { return taker.request.idle(); }));
    }
    all += taker.text;
  }
  Taker rest{file, pool};
  rest.wanted = sent.size() - all.size();
  if (rest.wanted > 0) {
    ASSERT_TRUE(rest.receive());
    ASSERT_TRUE(run_until([&] { return rest.text.size() >= rest.wanted; }));
  }
  EXPECT_EQ(all + rest.text, sent);
  turns(8);
  EXPECT_EQ(pool.available(), 4u);
}

TEST_P(Pooled, AReadyBufferIsHandedBackOrGivenBack) {
  remake_loop({.budget = 1});
  BufferPool pool{loop(), {.count = 4, .size = 64}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  auto taker = std::make_unique<Taker>(file, pool);
  ASSERT_TRUE(make_ready(taker->request, [&] {
    feed(sockets.far, "won");
    taker->receive();
  }));
  EXPECT_LT(pool.available(), 4u);
  auto won = taker->request.cancel_sync();
  ASSERT_TRUE(won && *won);
  EXPECT_EQ(text_of(**won).substr(0, 3), "won");
  won.reset();
  ASSERT_TRUE(make_ready(taker->request, [&] {
    feed(sockets.far, "lost");
    taker->receive();
  }));
  taker.reset();
  turns(8);
  EXPECT_EQ(pool.available(), 4u);
}

/// A pool that has run out, and somebody who waits for one of its buffers.
struct Famine {
  SocketPair full = make_socket_pair(SOCK_STREAM);
  SocketPair empty = make_socket_pair(SOCK_STREAM);
  BufferPool pool;
  Buffer held;
  File fed;
  File hungry;

  explicit Famine(Loop& loop)
      : pool(loop, {.count = 1, .size = 64}),
        fed(loop, File::borrow(full.near.get())),
        hungry(loop, File::borrow(empty.near.get())) {}
  Action hold(Result<Buffer> buffer) {
    held = std::move(buffer).value();
    return Action::disarm;
  }
};

TEST_P(Pooled, OneThatWaitsForABufferIsCanceledSettledAndDestroyed) {
  Famine famine{loop()};
  ReceiveRequest holder{famine.fed};
  ASSERT_TRUE(holder.receive(famine.pool, bind<&Famine::hold>(famine)));
  feed(famine.full.far, "held");
  ASSERT_TRUE(run_until([&] { return !famine.held.empty(); }));
  feed(famine.empty.far, "wanted");
  Taker canceled{famine.hungry, famine.pool};
  ASSERT_TRUE(canceled.receive());
  turns();
  canceled.request.cancel();
  ASSERT_TRUE(run_until([&] { return canceled.calls > 0; }));
  EXPECT_TRUE(is_error(canceled.error.value(), Errc::canceled));
  Taker settled{famine.hungry, famine.pool};
  ASSERT_TRUE(settled.receive());
  turns();
  EXPECT_FALSE(settled.request.cancel_sync());
  auto destroyed = std::make_unique<Taker>(famine.hungry, famine.pool);
  ASSERT_TRUE(destroyed->receive());
  turns();
  destroyed.reset();
  famine.held.reset();
  Taker taker{famine.hungry, famine.pool};
  ASSERT_TRUE(taker.receive());
  ASSERT_TRUE(run_until([&] { return taker.calls > 0; }));
  EXPECT_EQ(taker.text, "wanted");
}

TEST_P(Pooled, OneThatNeedsNoBufferAnyMoreLeavesItToTheNext) {
  Famine famine{loop()};
  ReceiveRequest holder{famine.fed};
  ASSERT_TRUE(holder.receive(famine.pool, bind<&Famine::hold>(famine)));
  feed(famine.full.far, "held");
  ASSERT_TRUE(run_until([&] { return !famine.held.empty(); }));
  feed(famine.empty.far, "taken away");
  Taker first{famine.hungry, famine.pool};
  ASSERT_TRUE(first.receive());
  turns();
  EXPECT_EQ(drain(famine.empty.near), "taken away");
  feed(famine.full.far, "next");
  Taker second{famine.fed, famine.pool};
  ASSERT_TRUE(second.receive());
  turns();
  famine.held.reset();
  ASSERT_TRUE(run_until([&] { return second.calls > 0; }));
  EXPECT_EQ(second.text, "next");
  EXPECT_EQ(first.calls, 0);
}

TEST_P(Pooled, WaitersAreFedInTurn) {
  BufferPool pool{loop(), {.count = 1, .size = 10}};
  std::vector<SocketPair> sockets;
  std::vector<std::unique_ptr<File>> files;
  std::vector<std::unique_ptr<Taker>> takers;
  for (int index = 0; index < 4; ++index) {
    sockets.push_back(make_socket_pair(SOCK_STREAM));
    feed(sockets.back().far, pattern(2000));
    files.push_back(std::make_unique<File>(loop(), File::borrow(sockets.back().near.get())));
    takers.push_back(std::make_unique<Taker>(*files.back(), pool));
    takers.back()->wanted = 2000;
    ASSERT_TRUE(takers.back()->receive());
  }
  ASSERT_TRUE(run_until(
      [&] { return std::ranges::any_of(takers, [](const auto& each) { return each->text.size() >= 1000; }); }));
  for (const auto& each : takers)
    EXPECT_GE(each->text.size(), 300u) << "one was starved by the others";
}

TEST_P(Pooled, EachDatagramHasABufferAndAnEmptyOneNone) {
  BufferPool pool{loop(), {.count = 4, .size = 8}};
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  std::vector<std::string> got;
  auto on_received = [&](Result<Buffer> buffer) {
    got.push_back(buffer ? text_of(*buffer) : "error");
    return got.size() < 4 ? Action::rearm : Action::disarm;
  };
  ReceiveRequest request{file};
  ASSERT_TRUE(request.receive(pool, bind(on_received)));
  turns();
  for (const char* each : {"one", "", "a longer one", "last"})
    ASSERT_GE(::send(sockets.far.get(), each, std::string_view(each).size(), 0), 0);
  ASSERT_TRUE(run_until([&] { return got.size() == 4; }));
  EXPECT_EQ(got, (std::vector<std::string>{"one", "", "a longer", "last"}));
  turns(8);
  EXPECT_EQ(pool.available(), 4u);
}

TEST_P(Pooled, APausedFileDeliversNothingAndGoesOnInOrder) {
  BufferPool pool{loop(), {.count = 8, .size = 8}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Taker taker{file, pool};
  taker.wanted = 30;
  receive_ahead(sockets.far, taker, "0123456789");
  file.pause(Direction::read);
  feed(sockets.far, "abcdefghij");
  turns(8);
  const std::size_t before = taker.text.size();
  feed(sockets.far, "ABCDEFGHIJ");
  turns(8);
  EXPECT_EQ(taker.text.size(), before) << "the one in flight may end, no other starts";
  file.resume(Direction::read);
  ASSERT_TRUE(run_until([&] { return taker.text.size() == 30; }));
  EXPECT_EQ(taker.text, "0123456789abcdefghijABCDEFGHIJ");
}

TEST_P(Pooled, ThePoolThatGoesSettlesItsReceivesAndNoOthers) {
  auto going = std::make_unique<BufferPool>(loop(), BufferPoolOptions{.count = 2, .size = 8});
  BufferPool staying{loop(), {.count = 2, .size = 8}};
  SocketPair first = make_socket_pair(SOCK_STREAM);
  SocketPair second = make_socket_pair(SOCK_STREAM);
  File one{loop(), File::borrow(first.near.get())};
  File two{loop(), File::borrow(second.near.get())};
  Taker taker{one, *going};
  Taker other{two, staying};
  ASSERT_TRUE(taker.receive());
  ASSERT_TRUE(other.receive());
  turns();
  going.reset();
  EXPECT_TRUE(taker.request.idle());
  feed(first.far, "first");
  feed(second.far, "second");
  ASSERT_TRUE(run_until([&] { return other.calls > 0; }));
  EXPECT_EQ(other.text, "second");
  EXPECT_EQ(taker.calls, 0);
  Reader reader{one, 8};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "first") << "nothing was taken out of the socket";
}

TEST_P(Pooled, TwoHundredConnectionsShareFourBuffers) {
  BufferPool pool{loop(), {.count = 4, .size = 32}};
  std::vector<SocketPair> sockets;
  std::vector<std::unique_ptr<File>> files;
  std::vector<std::unique_ptr<Taker>> takers;
  for (int index = 0; index < 200; ++index) {
    sockets.push_back(make_socket_pair(SOCK_STREAM));
    files.push_back(std::make_unique<File>(loop(), File::borrow(sockets.back().near.get())));
    takers.push_back(std::make_unique<Taker>(*files.back(), pool));
    takers.back()->wanted = 100;
    ASSERT_TRUE(takers.back()->receive());
  }
  turns();
  EXPECT_EQ(pool.available(), 4u) << "nobody holds a buffer while nothing came";
  for (std::size_t index = 0; index < 200; ++index)
    feed(sockets[index].far, pattern(100));
  ASSERT_TRUE(run_until(
      [&] { return std::ranges::all_of(takers, [](const auto& each) { return each->text.size() == 100; }); }));
  for (const auto& each : takers)
    EXPECT_EQ(each->text, pattern(100));
  turns(8);
  EXPECT_EQ(pool.available(), 4u);
}

}  // namespace
}  // namespace evt::contract
