/// Connecting: to what, how it fails as the system call does, how it waits, and how it ends before there is an answer.
#include "contract/sockets.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Connect);

/// The errno of connect(2) from a new socket.
int refusal_of(const Address& address) {
  const Fd fd = make_socket(address.family(), SOCK_STREAM);
  return ::connect(fd.get(), address.data(), address.size()) == 0 ? 0 : errno;
}

TEST_P(Connect, ReachesAListenerOfEveryFamily) {
  TemporaryDirectory folder;
  const Address addresses[] = {Address::loopback_ipv4(0), Address::loopback_ipv6(0),
                               Address::unix_path(folder.path("socket")).value(), abstract_name()};
  for (const Address& each : addresses) {
    const Fd listener = make_listener(each);
    const Address address = local_address(listener.get()).value();
    Connector client{loop(), address};
    ASSERT_TRUE(client.connect(address));
    EXPECT_EQ(client.done.calls, 0) << "never from inside";
    ASSERT_TRUE(run_until_called(client.done));
    EXPECT_TRUE(completed_with(client.done, 0)) << address.to_string();
    EXPECT_EQ(peer_address(client.file.fd()).value(), address);
  }
}

TEST_P(Connect, FailsAsTheSystemCallDoes) {
  TemporaryDirectory folder;
  const Fd file(open(folder.path("file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const Address closed = local_address(make_bound(Address::loopback_ipv4(0), SOCK_STREAM).get()).value();
  const Address addresses[] = {
      closed,
      Address::unix_path(folder.path("missing")).value(),
      Address::unix_path(folder.path("file")).value(),
      abstract_name(),
      Address::parse("255.255.255.255:9").value(),
      Address::parse("[fe80::1]:9").value(),
      Address::parse("[fe80::1%lo]:9").value(),
  };
  for (const Address& each : addresses) {
    const int expected = refusal_of(each);
    ASSERT_NE(expected, 0) << each.to_string();
    Connector client{loop(), each};
    ASSERT_TRUE(client.connect(each));
    ASSERT_TRUE(run_until_called(client.done));
    ASSERT_FALSE(*client.done.result) << each.to_string();
    EXPECT_EQ(client.done.result->error().system_errno(), expected) << each.to_string();
    EXPECT_STREQ(client.done.result->error().operation, "connect");
  }
}

TEST_P(Connect, ASocketOfAnotherFamilyOrConnectedAlreadyIsRefused) {
  const Fd listener = make_listener();
  const Address address = local_address(listener.get()).value();
  Connector stranger{loop(), make_socket(AF_UNIX)};
  ASSERT_TRUE(stranger.connect(address));
  ASSERT_TRUE(run_until_called(stranger.done));
  EXPECT_TRUE(failed_with(stranger.done, std::errc::invalid_argument));
  Connector twice{loop(), address};
  ASSERT_TRUE(twice.connect(address));
  ASSERT_TRUE(run_until_called(twice.done));
  ASSERT_TRUE(twice.connect(address));
  ASSERT_TRUE(run_until_called(twice.done, 2));
  ASSERT_FALSE(*twice.done.result);
  EXPECT_TRUE(is_error(twice.done.result->error(), std::errc::already_connected));
}

TEST_P(Connect, ReadsAndWritesWaitUntilItIsDone) {
  const Fd listener = make_listener();
  const Address address = local_address(listener.get()).value();
  Connector client{loop(), address};
  std::vector<std::string> order;
  client.done.order = &order;
  client.done.name = "connect";
  Reader reader{client.file, 4};
  Writer writer{client.file, "ping"};
  reader.log_to(order, "read");
  writer.log_to(order, "write");
  ASSERT_TRUE(client.connect(address));
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(reader.read_exact());
  ASSERT_TRUE(run_until_called(writer.done));
  const Fd peer(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  feed(peer, "pong");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(order, (std::vector<std::string>{"connect", "write", "read"}));
  EXPECT_EQ(reader.text() + drain(peer), "pongping");
}

TEST_P(Connect, AFailureLetsWhatIsBehindItGoOn) {
  const Address nobody = abstract_name();
  Connector client{loop(), nobody};
  Reader reader{client.file, 4};
  Writer writer{client.file, "ping"};
  ASSERT_TRUE(client.connect(nobody));
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until([&] { return reader.done.calls > 0 && writer.done.calls > 0; }));
  EXPECT_TRUE(failed_with(client.done, std::errc::connection_refused));
  EXPECT_FALSE(*reader.done.result);
  EXPECT_FALSE(*writer.done.result);
}

TEST_P(Connect, ARearmedOneTriesAgain) {
  Fd listener = make_bound(Address::loopback_ipv4(0), SOCK_STREAM);
  const Address address = local_address(listener.get()).value();
  Connector client{loop(), address};
  client.done.then = [&] {
    if (client.done.calls == 3) {
      EXPECT_EQ(::listen(listener.get(), 4), 0);
    }
    return *client.done.result ? Action::disarm : Action::rearm;
  };
  ASSERT_TRUE(client.connect(address));
  ASSERT_TRUE(run_until([&] { return client.request.idle(); }));
  EXPECT_EQ(client.done.calls, 4);
  EXPECT_TRUE(*client.done.result);
}

TEST_P(Connect, OneInProgressIsCanceledAndHoldsUpNothing) {
  for (const int flags : {+SOCK_NONBLOCK, 0}) {
    FullListener busy;
    Connector client{loop(), make_socket(AF_INET, SOCK_STREAM | flags)};
    ASSERT_TRUE(client.connect(busy.address()));
    Nop nop{loop()};
    VoidRecorder other;
    ASSERT_TRUE(nop.submit(bind(other)));
    ASSERT_TRUE(run_until_called(other));
    turns();
    EXPECT_EQ(client.done.calls, 0);
    client.request.cancel();
    ASSERT_TRUE(run_until_called(client.done));
    EXPECT_TRUE(failed_with(client.done, Errc::canceled));
  }
}

TEST_P(Connect, OneInProgressIsEndedSynchronouslyOrDestroyed) {
  for (const int flags : {+SOCK_NONBLOCK, 0}) {
    FullListener busy;
    Connector client{loop(), make_socket(AF_INET, SOCK_STREAM | flags)};
    ASSERT_TRUE(client.connect(busy.address()));
    turns();
    EXPECT_FALSE(client.request.cancel_sync());
    EXPECT_TRUE(client.request.idle());
    auto forgotten = std::make_unique<Connector>(loop(), make_socket(AF_INET, SOCK_STREAM | flags));
    ASSERT_TRUE(forgotten->connect(busy.address()));
    turns();
    forgotten.reset();
    turns();
    EXPECT_EQ(client.done.calls, 0);
  }
}

TEST_P(Connect, OneInProgressSucceedsOnceThereIsRoom) {
  if (simulated()) GTEST_SKIP() << "the kernel's second attempt takes a second of real time, for each seed";
  FullListener busy;
  Connector client{loop(), busy.address()};
  ASSERT_TRUE(client.connect(busy.address()));
  turns();
  EXPECT_EQ(client.done.calls, 0);
  busy.make_room();
  ASSERT_TRUE(run_until_called(client.done));
  EXPECT_TRUE(completed_with(client.done, 0));
}

TEST_P(Connect, CancelOfOneThatWaitsLeavesTheQueuesInOrder) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Reader first{file, 1};
  Reader second{file, 1};
  IoRequest request{file};
  IoRecorder done;
  const Address elsewhere = abstract_name();
  ASSERT_TRUE(first.read());
  ASSERT_TRUE(request.connect(elsewhere, bind(done)));
  ASSERT_TRUE(second.read());
  Writer writer{file, "out"};
  ASSERT_TRUE(writer.write());
  turns();
  EXPECT_EQ(request.state(), Request::State::queued);
  EXPECT_EQ(writer.done.calls, 0) << "it waits behind the connect";
  request.cancel();
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  feed(sockets.far, "12");
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_EQ(first.text() + second.text(), "12");
}

TEST_P(Connect, ADatagramSocketHasAPeerAtOnceAndUndoesItByNoAddress) {
  const Fd peer = make_bound(Address::loopback_ipv4(0));
  const Address address = local_address(peer.get()).value();
  Connector client{loop(), make_socket(AF_INET, SOCK_DGRAM)};
  ASSERT_TRUE(client.connect(address));
  ASSERT_TRUE(run_until_called(client.done));
  EXPECT_TRUE(completed_with(client.done, 0));
  EXPECT_EQ(peer_address(client.file.fd()).value(), address);
  const Address none;
  ASSERT_TRUE(client.connect(none));
  ASSERT_TRUE(run_until_called(client.done, 2));
  EXPECT_TRUE(*client.done.result);
  EXPECT_FALSE(peer_address(client.file.fd()));
}

}  // namespace
}  // namespace evt::contract
