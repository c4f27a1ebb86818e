/// Connections: connect, accept, shutdown, recv and send with flags.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Connections);

using AcceptRecorder = Recorder<Fd>;

Fd make_socket(int family, int type = SOCK_STREAM) {
  return Fd{socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

/// A listening TCP socket on a port of its own.
Fd make_listener(int backlog = 16) {
  Fd listener = make_socket(AF_INET);
  const Address any = Address::loopback_ipv4(0);
  EXPECT_EQ(bind(listener.get(), any.data(), any.size()), 0);
  EXPECT_EQ(::listen(listener.get(), backlog), 0);
  return listener;
}

TEST_P(Connections, AreMadeAndAccepted) {
  Fd listener = make_listener();
  const Address to = local_address(listener.get()).value();
  File listening{loop(), File::adopt(std::move(listener))};
  File client{loop(), File::adopt(make_socket(AF_INET))};
  AcceptRequest accept{listening};
  AcceptRecorder accepted;
  ASSERT_TRUE(accept.accept(bind(accepted)));
  IoRequest connect{client};
  IoRecorder connected;
  ASSERT_TRUE(connect.connect(to, bind(connected)));
  ASSERT_TRUE(run_until([&] { return accepted.calls > 0 && connected.calls > 0; }));
  EXPECT_TRUE(completed_with(connected, 0));
  ASSERT_TRUE(accepted.result->has_value());
  const int fd = accepted.result->value().get();
  EXPECT_EQ(peer_address(fd).value(), local_address(client.fd()).value());
  EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_P(Connections, ThatAreRefusedSaySo) {
  Fd listener = make_socket(AF_INET);
  const Address any = Address::loopback_ipv4(0);
  ASSERT_EQ(bind(listener.get(), any.data(), any.size()), 0);
  const Address to = local_address(listener.get()).value();
  File client{loop(), File::adopt(make_socket(AF_INET))};
  IoRequest connect{client};
  IoRecorder connected;
  ASSERT_TRUE(connect.connect(to, bind(connected)));
  ASSERT_TRUE(run_until_called(connected));
  EXPECT_TRUE(failed_with(connected, std::errc::connection_refused));
}

TEST_P(Connections, TakeWritesThatWereSubmittedBefore) {
  Fd listener = make_listener();
  const Address to = local_address(listener.get()).value();
  File client{loop(), File::adopt(make_socket(AF_INET))};
  IoRequest connect{client};
  IoRecorder connected;
  ASSERT_TRUE(connect.connect(to, bind(connected)));
  Writer writer{client, "hello"};
  ASSERT_TRUE(writer.write());
  IoRequest shut{client};
  IoRecorder over;
  ASSERT_TRUE(shut.shutdown(Shutdown::write, bind(over)));
  ASSERT_TRUE(run_until_called(over));
  EXPECT_TRUE(completed_with(writer.done, 5));
  EXPECT_TRUE(completed_with(over, 0));
  Fd peer{accept(listener.get(), nullptr, nullptr)};
  ASSERT_TRUE(peer);
  File server{loop(), File::adopt(std::move(peer))};
  Reader reader{server, 16};
  ASSERT_TRUE(reader.read_exact());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, Errc::eof));
  EXPECT_EQ(reader.text(), "hello");
}

TEST_P(Connections, AUnixListenerWithAFullBacklogIsWaitedFor) {
  const Address name = Address::unix_abstract("evt-full-" + std::to_string(getpid())).value();
  Fd listener = make_socket(AF_UNIX);
  ASSERT_EQ(bind(listener.get(), name.data(), name.size()), 0);
  ASSERT_EQ(::listen(listener.get(), 0), 0);
  Fd first = make_socket(AF_UNIX);
  ASSERT_EQ(connect(first.get(), name.data(), name.size()), 0);
  File client{loop(), File::adopt(make_socket(AF_UNIX))};
  IoRequest request{client};
  IoRecorder connected;
  ASSERT_TRUE(request.connect(name, bind(connected)));
  turns();
  EXPECT_EQ(connected.calls, 0);
  Fd peer{accept(listener.get(), nullptr, nullptr)};
  ASSERT_TRUE(run_until_called(connected));
  EXPECT_TRUE(completed_with(connected, 0));
}

TEST_P(Connections, APeekLeavesWhatItSaw) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  feed(sockets.far, "peek");
  std::string buffer(16, '\0');
  IoRequest request{file};
  IoRecorder peeked;
  ASSERT_TRUE(request.recv(space_of(buffer), bind(peeked), MSG_PEEK));
  ASSERT_TRUE(run_until_called(peeked));
  EXPECT_TRUE(completed_with(peeked, 4));
  Reader reader{file, 16};
  ASSERT_TRUE(reader.read());
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "peek");
}

}  // namespace
}  // namespace evt::contract
