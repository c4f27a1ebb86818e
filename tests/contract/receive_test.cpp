/// Receiving into a pool: buffers are held only while there is something in them, and running out is no error.
#include "contract/fixture.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Receive);

/// Receives again and again, keeping the text, until it is told to stop.
struct Collector {
  BufferPool& pool;
  ReceiveRequest request;
  std::string text;
  std::optional<Error> error;
  int calls = 0;
  std::size_t stop_after = SIZE_MAX;

  Collector(File& file, BufferPool& buffers) : pool(buffers), request(file) {}
  Ticket receive() { return request.receive(pool, bind<&Collector::on_received>(*this)); }
  Action on_received(Result<Buffer> buffer) {
    ++calls;
    if (!buffer) {
      error = buffer.error();
      return Action::disarm;
    }
    text.append(reinterpret_cast<const char*>(buffer->bytes().data()), buffer->size());
    return text.size() < stop_after ? Action::rearm : Action::disarm;
  }
};

TEST_P(Receive, AnIdleConnectionHoldsNoBuffer) {
  BufferPool pool{loop(), {.count = 4, .size = 64}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Collector collector{file, pool};
  ASSERT_TRUE(collector.receive());
  turns();
  EXPECT_EQ(pool.available(), 4u);
  feed(sockets.far, "some");
  ASSERT_TRUE(run_until([&] { return collector.text == "some"; }));
  turns();
  EXPECT_EQ(pool.available(), 4u);
  sockets.far.reset();
  ASSERT_TRUE(run_until([&] { return collector.error.has_value(); }));
  EXPECT_TRUE(is_error(*collector.error, Errc::eof));
}

TEST_P(Receive, KeepsTheOrderOfALongStreamThroughASmallPool) {
  BufferPool pool{loop(), {.count = 3, .size = 1000}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::adopt(std::move(sockets.near))};
  File far{loop(), File::adopt(std::move(sockets.far))};
  Writer writer{far, pattern(1'000'000)};
  ASSERT_TRUE(writer.write());
  Collector collector{file, pool};
  ASSERT_TRUE(collector.receive());
  ASSERT_TRUE(run_until([&] { return collector.text.size() == writer.text.size(); }));
  EXPECT_EQ(collector.text, writer.text);
  turns();
  EXPECT_EQ(pool.available(), 3u);
}

TEST_P(Receive, WaitsWhileThePoolHasRunOutAndGoesOn) {
  BufferPool pool{loop(), {.count = 1, .size = 64}};
  SocketPair first = make_socket_pair(SOCK_STREAM);
  SocketPair second = make_socket_pair(SOCK_STREAM);
  File one{loop(), File::borrow(first.near.get())};
  File two{loop(), File::borrow(second.near.get())};
  Buffer held;
  auto hold = [&](Result<Buffer> buffer) { held = std::move(buffer).value(); };
  ReceiveRequest holder{one};
  ASSERT_TRUE(holder.receive(pool, bind(hold)));
  feed(first.far, "held");
  ASSERT_TRUE(run_until([&] { return !held.empty(); }));
  EXPECT_EQ(pool.available(), 0u);
  Collector collector{two, pool};
  ASSERT_TRUE(collector.receive());
  feed(second.far, "waits");
  turns(8);
  EXPECT_EQ(collector.calls, 0);
  EXPECT_EQ(collector.request.state(), Request::State::in_flight);
  held.reset();
  ASSERT_TRUE(run_until([&] { return collector.text == "waits"; }));
}

TEST_P(Receive, NobodyWhoWaitsForABufferIsForgotten) {
  BufferPool pool{loop(), {.count = 2, .size = 64}};
  std::vector<SocketPair> sockets;
  std::vector<std::unique_ptr<File>> files;
  std::vector<std::unique_ptr<Collector>> collectors;
  for (int index = 0; index < 20; ++index) {
    sockets.push_back(make_socket_pair(SOCK_STREAM));
    files.push_back(std::make_unique<File>(loop(), File::borrow(sockets.back().near.get())));
    collectors.push_back(std::make_unique<Collector>(*files.back(), pool));
    ASSERT_TRUE(collectors.back()->receive());
  }
  for (int round = 1; round <= 10; ++round) {
    for (SocketPair& pair : sockets)
      feed(pair.far, "0123456789");
    ASSERT_TRUE(run_until([&] {
      return std::ranges::all_of(collectors, [&](auto& each) { return each->text.size() == 10u * unsigned(round); });
    }));
  }
}

TEST_P(Receive, APlainReadGoesOnWhereItLeftOff) {
  BufferPool pool{loop(), {.count = 8, .size = 10}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Collector collector{file, pool};
  collector.stop_after = 1;
  ASSERT_TRUE(collector.receive());
  turns();
  const std::string sent = pattern(75);
  feed(sockets.far, sent);
  ASSERT_TRUE(run_until([&] { return !collector.text.empty(); }));
  feed(sockets.far, "!");
  turns();
  std::string got = collector.text;
  Reader reader{file, 7};
  while (got.size() < sent.size() + 1) {
    reader.done.calls = 0;
    ASSERT_TRUE(reader.read());
    ASSERT_TRUE(run_until_called(reader.done));
    ASSERT_TRUE(reader.done.result->has_value());
    got += reader.text();
  }
  EXPECT_EQ(got, sent + "!");
  turns();
  EXPECT_EQ(pool.available(), 8u);
}

TEST_P(Receive, CanBeCanceledAndLosesNothing) {
  BufferPool pool{loop(), {.count = 4, .size = 64}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Collector collector{file, pool};
  ASSERT_TRUE(collector.receive());
  turns();
  collector.request.cancel();
  ASSERT_TRUE(run_until([&] { return collector.calls == 1; }));
  EXPECT_TRUE(is_error(*collector.error, Errc::canceled));
  feed(sockets.far, "late");
  turns();
  collector.error.reset();
  ASSERT_TRUE(collector.receive());
  ASSERT_TRUE(run_until([&] { return collector.text == "late"; }));
}

TEST_P(Receive, AFileGoesWithWhatItKept) {
  BufferPool pool{loop(), {.count = 4, .size = 16}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  {
    File file{loop(), File::borrow(sockets.near.get())};
    Collector collector{file, pool};
    collector.stop_after = 1;
    ASSERT_TRUE(collector.receive());
    turns();
    feed(sockets.far, pattern(60));
    ASSERT_TRUE(run_until([&] { return !collector.text.empty(); }));
  }
  EXPECT_EQ(pool.available(), 4u);
}

TEST_P(Receive, ACloseEndsWhatStaysInTheKernel) {
  BufferPool pool{loop(), {.count = 4, .size = 16}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::adopt(std::move(sockets.near))};
  Collector collector{file, pool};
  ASSERT_TRUE(collector.receive());
  turns();
  IoRequest closing{file};
  IoRecorder closed;
  ASSERT_TRUE(closing.close(bind(closed)));
  ASSERT_TRUE(run_until_called(closed));
  EXPECT_EQ(collector.calls, 1);
  EXPECT_TRUE(is_error(*collector.error, Errc::canceled));
  std::byte one{};
  EXPECT_EQ(read(sockets.far.get(), &one, 1), 0);
}

TEST_P(Receive, APipeWillDoToo) {
  BufferPool pool{loop(), {.count = 2, .size = 16}};
  PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.read.get())};
  Collector collector{file, pool};
  ASSERT_TRUE(collector.receive());
  turns();
  feed(pipe.write, "through a pipe");
  ASSERT_TRUE(run_until([&] { return collector.text == "through a pipe"; }));
  pipe.write.reset();
  ASSERT_TRUE(run_until([&] { return collector.error.has_value(); }));
}

TEST_P(Receive, BuffersAndPoolsOutliveTheLoop) {
  Buffer kept;
  BufferPool pool{loop(), {.count = 2, .size = 16}};
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  auto keep = [&](Result<Buffer> buffer) { kept = std::move(buffer).value(); };
  ReceiveRequest request{file};
  ASSERT_TRUE(request.receive(pool, bind(keep)));
  feed(sockets.far, "kept");
  ASSERT_TRUE(run_until([&] { return !kept.empty(); }));
  ASSERT_TRUE(request.receive(pool, bind(keep)));
  turns();
  destroy_loop();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(kept.bytes().data()), kept.size()), "kept");
  kept.reset();
  EXPECT_EQ(pool.available(), 2u);
}

EVT_CONTRACT_SUITE(Acceptors);

TEST_P(Acceptors, AreServedInTurn) {
  const Address any = Address::loopback_ipv4(0);
  Fd listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  ASSERT_EQ(::bind(listener.get(), any.data(), any.size()), 0);
  ASSERT_EQ(::listen(listener.get(), 64), 0);
  const Address to = local_address(listener.get()).value();
  File file{loop(), File::adopt(std::move(listener))};
  AcceptRequest requests[3]{AcceptRequest{file}, AcceptRequest{file}, AcceptRequest{file}};
  std::vector<std::size_t> served;
  std::vector<Fd> connections;
  auto on_accepted = [&](AcceptRequest& request, Result<Fd> accepted) {
    EXPECT_TRUE(accepted.has_value());
    connections.push_back(std::move(*accepted));
    served.push_back(static_cast<std::size_t>(&request - requests));
    return Action::rearm;
  };
  for (AcceptRequest& request : requests)
    ASSERT_TRUE(request.accept(bind(on_accepted)));
  std::vector<Fd> clients;
  for (int index = 0; index < 30; ++index) {
    clients.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(clients.back().get(), to.data(), to.size()), 0);
  }
  ASSERT_TRUE(run_until([&] { return served.size() == 30; }));
  for (std::size_t index = 0; index < served.size(); ++index)
    EXPECT_EQ(served[index], index % 3) << index;
}

TEST_P(Acceptors, LeaveTheBacklogToTheKernelWhenNobodyAccepts) {
  const Address any = Address::loopback_ipv4(0);
  Fd listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  ASSERT_EQ(::bind(listener.get(), any.data(), any.size()), 0);
  ASSERT_EQ(::listen(listener.get(), 64), 0);
  const Address to = local_address(listener.get()).value();
  const int listening = listener.get();
  File file{loop(), File::adopt(std::move(listener))};
  AcceptRequest request{file};
  std::vector<Fd> connections;
  std::size_t wanted = 3;
  auto on_accepted = [&](Result<Fd> accepted) {
    connections.push_back(std::move(accepted).value());
    return connections.size() < wanted ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(request.accept(bind(on_accepted)));
  std::vector<Fd> clients;
  auto join = [&] {
    clients.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(clients.back().get(), to.data(), to.size()), 0);
  };
  for (int index = 0; index < 3; ++index)
    join();
  ASSERT_TRUE(run_until([&] { return connections.size() == 3; }));
  turns();
  for (int index = 0; index < 5; ++index) {
    join();
    turns(2);
  }
  EXPECT_TRUE(has_input(Fd{dup(listening)}));  // At the most one was accepted ahead.
  wanted = 8;
  ASSERT_TRUE(request.accept(bind(on_accepted)));
  ASSERT_TRUE(run_until([&] { return connections.size() == 8; }));
  std::vector<Address> names;
  for (const Fd& each : connections)
    names.push_back(peer_address(each.get()).value());
  for (std::size_t index = 0; index < clients.size(); ++index)
    EXPECT_EQ(names[index], local_address(clients[index].get()).value()) << index;
}

}  // namespace
}  // namespace evt::contract
