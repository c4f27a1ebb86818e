/// Datagrams, one at a time: who sent them, empty ones, those cut short, peers that are not there.
#include "contract/sockets.hpp"

#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Datagrams);

/// A recvfrom with all it needs.
struct From {
  IoRecorder done;
  std::string buffer;
  Address address;
  MessageRequest request;

  From(File& file, std::size_t size) : buffer(size, '\0'), request(file) {}
  Ticket recvfrom(int flags = 0) { return request.recvfrom(space_of(buffer), address, bind(done), flags); }
  std::string text() const { return buffer.substr(0, request.transferred()); }
};

/// A sendto with all it needs.
struct To {
  IoRecorder done;
  std::string text;
  Address address;
  MessageRequest request;

  To(File& file, std::string source, const Address& to) : text(std::move(source)), address(to), request(file) {}
  Ticket sendto(int flags = 0) { return request.sendto(bytes_of(text), address, bind(done), flags); }
};

TEST_P(Datagrams, EachSaysWhoSentItInEveryFamily) {
  TemporaryDirectory folder;
  const Address pairs[][2] = {
      {Address::loopback_ipv4(0), Address::loopback_ipv4(0)},
      {Address::loopback_ipv6(0), Address::loopback_ipv6(0)},
      {Address::unix_path(folder.path("near")).value(), Address::unix_path(folder.path("far")).value()},
      {abstract_name(), abstract_name()},
  };
  for (const auto& [one, two] : pairs) {
    File near{loop(), File::adopt(make_bound(one))};
    File far{loop(), File::adopt(make_bound(two))};
    From from{near, 100};
    To to{far, "hello", local_address(near.fd()).value()};
    ASSERT_TRUE(from.recvfrom());
    turns();
    EXPECT_EQ(from.done.calls, 0);
    ASSERT_TRUE(to.sendto());
    ASSERT_TRUE(run_until([&] { return from.done.calls > 0 && to.done.calls > 0; }));
    EXPECT_TRUE(completed_with(to.done, 5));
    EXPECT_TRUE(completed_with(from.done, 5));
    EXPECT_EQ(from.text(), "hello");
    EXPECT_EQ(from.address, local_address(far.fd()).value()) << from.address.to_string();
    EXPECT_FALSE(from.request.truncated());
  }
}

TEST_P(Datagrams, ARearmedReceiverTellsOfEverySenderAnew) {
  TemporaryDirectory folder;
  const Fd near = make_bound(Address::unix_path(folder.path("near")).value());
  File file{loop(), File::borrow(near.get())};
  const Address to = local_address(near.get()).value();
  // Each name has all the room there is, whatever the one before it took.
  const Fd named = make_bound(Address::unix_path(folder.path("a-long-name-for-a-socket")).value());
  const Fd brief = make_bound(Address::unix_path(folder.path("b")).value());
  const Fd nameless = make_socket(AF_UNIX, SOCK_DGRAM);
  From from{file, 100};
  std::vector<std::string> senders;
  from.done.then = [&] {
    senders.push_back(from.address.to_string());
    return senders.size() < 3 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(from.recvfrom());
  for (const Fd* each : {&brief, &named, &nameless})
    ASSERT_EQ(::sendto(each->get(), "x", 1, 0, to.data(), to.size()), 1);
  ASSERT_TRUE(run_until([&] { return senders.size() == 3; }));
  EXPECT_EQ(senders, (std::vector<std::string>{"unix:" + folder.path("b"),
                                               "unix:" + folder.path("a-long-name-for-a-socket"), "none"}));
}

TEST_P(Datagrams, AnEmptyOneIsAMessageAndNotTheEnd) {
  SocketPair sockets = make_udp_pair();
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  IoRequest send{near};
  IoRecorder sent;
  From from{far, 10};
  from.buffer = "unchanged!";
  IoRequest recv{far};
  IoRecorder received;
  std::string buffer(10, '\0');
  ASSERT_TRUE(from.recvfrom());
  ASSERT_TRUE(recv.recv(space_of(buffer), bind(received)));
  sent.then = [&] { return sent.calls < 2 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(send.send({}, bind(sent)));
  ASSERT_TRUE(run_until_called(received));
  EXPECT_TRUE(completed_with(from.done, 0));
  EXPECT_EQ(from.buffer, "unchanged!");
  EXPECT_TRUE(completed_with(received, 0)) << "recv knows it too";
  EXPECT_TRUE(is_value(*sent.result, 0));
}

TEST_P(Datagrams, OneLongerThanTheBufferIsReportedAndTheRestIsLost) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  feed(sockets.far, "longer than that");
  feed(sockets.far, "next");
  From from{file, 6};
  ASSERT_TRUE(from.recvfrom());
  ASSERT_TRUE(run_until_called(from.done));
  EXPECT_TRUE(completed_with(from.done, 6));
  EXPECT_TRUE(from.request.truncated());
  EXPECT_EQ(from.buffer, "longer");
  ASSERT_TRUE(from.recvfrom());
  ASSERT_TRUE(run_until_called(from.done, 2));
  EXPECT_FALSE(from.request.truncated()) << "of the last one only";
  EXPECT_EQ(from.text(), "next");
}

TEST_P(Datagrams, OneTooLongToSendIsEmsgsizeAndTheNextGoes) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  const Address to = local_address(sockets.far.get()).value();
  To large{file, pattern(70'000), to};
  To small{file, "small", to};
  ASSERT_TRUE(large.sendto());
  ASSERT_TRUE(small.sendto());
  ASSERT_TRUE(run_until_called(small.done));
  EXPECT_TRUE(failed_with(large.done, std::errc::message_size));
  EXPECT_TRUE(completed_with(small.done, 5));
  EXPECT_EQ(drain(sockets.far), "small");
}

TEST_P(Datagrams, NobodyAtThePortIsToldOnceAndTheSocketGoesOn) {
  Fd peer = make_bound(Address::loopback_ipv4(0));
  const Address address = local_address(peer.get()).value();
  const Fd near = make_bound(Address::loopback_ipv4(0));
  ASSERT_EQ(::connect(near.get(), address.data(), address.size()), 0);
  peer.reset();
  File file{loop(), File::borrow(near.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  turns();
  Writer writer{file, "anybody"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until([&] { return reader.done.calls > 0 && writer.done.calls > 0; }));
  EXPECT_TRUE(completed_with(writer.done, 7));
  EXPECT_TRUE(failed_with(reader.done, std::errc::connection_refused));
  peer = make_bound(address);
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(run_until_called(writer.done, 2));
  EXPECT_EQ(drain(peer), "anybody");
  EXPECT_EQ(reader.done.calls, 1);
  const Address back = local_address(near.get()).value();
  ASSERT_EQ(::sendto(peer.get(), "me", 2, 0, back.data(), back.size()), 2);
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_EQ(reader.text(), "me");
}

TEST_P(Datagrams, AConnectedSocketHearsItsPeerOnly) {
  SocketPair sockets = make_udp_pair();
  const Fd stranger = make_bound(Address::loopback_ipv4(0));
  File file{loop(), File::borrow(sockets.near.get())};
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  const Address near = local_address(sockets.near.get()).value();
  ASSERT_EQ(::sendto(stranger.get(), "stranger", 8, 0, near.data(), near.size()), 8);
  turns();
  EXPECT_EQ(reader.done.calls, 0);
  feed(sockets.far, "peer");
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "peer");
}

TEST_P(Datagrams, ASenderWaitsForASlowReaderAndKeepsTheOrder) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  std::vector<std::unique_ptr<Writer>> writers;
  for (int index = 0; index < 400; ++index) {
    writers.push_back(std::make_unique<Writer>(file, std::to_string(index)));
    ASSERT_TRUE(writers.back()->write());
  }
  turns(8);
  EXPECT_EQ(writers.back()->done.calls, 0) << "the queue of a unix socket is short";
  int got = 0;
  ASSERT_TRUE(run_until([&] {
    char buffer[16];
    const ssize_t size = ::recv(sockets.far.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size >= 0) {
      EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(size)), std::to_string(got));
      ++got;
    }
    return got == 400;
  }));
  ASSERT_TRUE(run_until_called(writers.back()->done));
}

TEST_P(Datagrams, CancelOfAReceiverLosesNoMessage) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  std::string all;
  std::string sent;
  for (int round = 0; round < 50; ++round) {
    From from{file, 20};
    ASSERT_TRUE(from.recvfrom());
    if (round % 3 != 0) turns(1);
    const std::string text = "[" + std::to_string(round) + "]";
    feed(sockets.far, text);
    sent += text;
    from.request.cancel();
    ASSERT_TRUE(run_until_called(from.done));
    if (*from.done.result) all += from.text();
  }
  EXPECT_EQ(all.size() + drain(sockets.near).size(), sent.size());
}

}  // namespace
}  // namespace evt::contract
