/// Sockets as evt makes them: flags, listening, datagrams, options.
#include <evt/socket.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

namespace evt {
namespace {

template <class T>
int errno_of(const Result<T>& result) {
  return result ? 0 : result.error().system_errno();
}

int option(const Fd& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(socket.get(), level, name, &value, &size), 0);
  return value;
}

/// The errno of connecting a new socket to `address`, 0 when it is connected.
int connect_to(const Address& address) {
  Fd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(client.get(), address.data(), address.size()) == 0 ? 0 : errno;
}

void expect_flags(const Fd& socket) {
  EXPECT_EQ(fcntl(socket.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(fcntl(socket.get(), F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

TEST(Socket, IsCloseOnExecAndDoesNotBlock) {
  for (int type : {SOCK_STREAM, SOCK_DGRAM}) {
    auto socket = open_socket({.family = AF_INET6, .type = type});
    ASSERT_TRUE(socket);
    expect_flags(*socket);
    EXPECT_EQ(option(*socket, SOL_SOCKET, SO_TYPE), type);
    EXPECT_EQ(option(*socket, SOL_SOCKET, SO_DOMAIN), AF_INET6);
  }
  auto socket = listen({.address = Address::loopback_ipv4(0)});
  ASSERT_TRUE(socket);
  expect_flags(*socket);
  socket = bind_datagram({.address = Address::loopback_ipv4(0)});
  ASSERT_TRUE(socket);
  expect_flags(*socket);
}

TEST(Socket, OfAnImpossibleKindIsRefusedWithItsErrno) {
  auto socket = open_socket({.family = AF_INET, .type = SOCK_SEQPACKET});
  ASSERT_FALSE(socket);
  EXPECT_STREQ(socket.error().operation, "socket");
  EXPECT_EQ(errno_of(socket), ESOCKTNOSUPPORT);
  EXPECT_EQ(errno_of(listen({})), EAFNOSUPPORT);
  EXPECT_EQ(errno_of(bind_datagram({})), EAFNOSUPPORT);
}

TEST(Listen, AcceptsConnectionsOnThePortTheKernelPicked) {
  for (const Address& address : {Address::loopback_ipv4(0), Address::loopback_ipv6(0)}) {
    auto socket = listen({.address = address});
    ASSERT_TRUE(socket) << socket.error().message();
    auto local = local_address(socket->get());
    ASSERT_TRUE(local);
    EXPECT_NE(local->port(), 0);
    EXPECT_EQ(connect_to(*local), 0);
    EXPECT_TRUE(Fd(accept4(socket->get(), nullptr, nullptr, SOCK_CLOEXEC)));
  }
}

TEST(Listen, AsksForTheBacklogItIsGiven) {
  auto socket = listen({.address = Address::loopback_ipv4(0), .backlog = 3});
  ASSERT_TRUE(socket);
  tcp_info info{};
  socklen_t size = sizeof info;
  ASSERT_EQ(getsockopt(socket->get(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  EXPECT_EQ(info.tcpi_sacked, 3U) << "the place of a listener's backlog in tcp_info";
}

TEST(Listen, RefusesAPortThatIsTaken) {
  auto first = listen({.address = Address::loopback_ipv4(0)});
  ASSERT_TRUE(first);
  auto second = listen({.address = *local_address(first->get())});
  ASSERT_FALSE(second);
  EXPECT_EQ(errno_of(second), EADDRINUSE);
}

TEST(Listen, SharesAPortWhereBothSay) {
  auto first = listen({.address = Address::loopback_ipv4(0), .reuse_port = true});
  ASSERT_TRUE(first);
  const Address address = *local_address(first->get());
  EXPECT_EQ(errno_of(listen({.address = address})), EADDRINUSE);
  EXPECT_TRUE(listen({.address = address, .reuse_port = true}));
}

TEST(Listen, TakesThePortOfConnectionsThatLinger) {
  auto first = listen({.address = Address::loopback_ipv4(0)});
  ASSERT_TRUE(first);
  const Address address = *local_address(first->get());
  Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(connect(client.get(), address.data(), address.size()), 0);
  Fd server(accept4(first->get(), nullptr, nullptr, SOCK_CLOEXEC));
  ASSERT_TRUE(server);
  server.reset();
  client.reset();
  first->reset();
  EXPECT_EQ(errno_of(listen({.address = address, .reuse_address = false})), EADDRINUSE);
  EXPECT_TRUE(listen({.address = address}));
}

TEST(Listen, OnAnyIpv6AddressTakesIpv4Too) {
  auto socket = listen({.address = Address::any_ipv6(0)});
  ASSERT_TRUE(socket);
  const std::uint16_t port = local_address(socket->get())->port();
  EXPECT_EQ(connect_to(Address::loopback_ipv4(port)), 0);
  EXPECT_EQ(connect_to(Address::loopback_ipv6(port)), 0);
}

TEST(Listen, OnIpv6OnlyLeavesIpv4Alone) {
  auto socket = listen({.address = Address::any_ipv6(0), .v6_only = true});
  ASSERT_TRUE(socket);
  EXPECT_EQ(option(*socket, IPPROTO_IPV6, IPV6_V6ONLY), 1);
  const std::uint16_t port = local_address(socket->get())->port();
  EXPECT_TRUE(listen({.address = Address::any_ipv4(port), .reuse_address = false}));
}

TEST(Listen, OnAnAbstractNameRefusesASecond) {
  const Address address = *Address::unix_abstract("evt-listen-" + std::to_string(getpid()));
  auto first = listen({.address = address});
  ASSERT_TRUE(first);
  EXPECT_EQ(connect_to(address), 0);
  EXPECT_EQ(errno_of(listen({.address = address})), EADDRINUSE);
  first->reset();
  EXPECT_TRUE(listen({.address = address, .type = SOCK_SEQPACKET}));
}

TEST(Datagram, ArrivesWhereItIsBound) {
  const std::string name = "evt-datagram-" + std::to_string(getpid());
  for (const Address& address : {Address::loopback_ipv4(0), Address::loopback_ipv6(0), *Address::unix_abstract(name)}) {
    auto target = bind_datagram({.address = address});
    ASSERT_TRUE(target);
    auto local = local_address(target->get());
    auto source = open_socket({.family = address.family(), .type = SOCK_DGRAM});
    ASSERT_TRUE(source);
    ASSERT_EQ(sendto(source->get(), "hi", 2, 0, local->data(), local->size()), 2);
    char buffer[8];
    EXPECT_EQ(recv(target->get(), buffer, sizeof buffer, 0), 2);
    EXPECT_EQ(errno_of(bind_datagram({.address = *local})), EADDRINUSE);
  }
}

TEST(Datagram, SharesItsPortWhereBothSay) {
  auto first = bind_datagram({.address = Address::loopback_ipv4(0), .reuse_port = true});
  ASSERT_TRUE(first);
  EXPECT_TRUE(bind_datagram({.address = *local_address(first->get()), .reuse_port = true}));
  first = bind_datagram({.address = Address::loopback_ipv4(0), .reuse_address = true});
  ASSERT_TRUE(first);
  EXPECT_TRUE(bind_datagram({.address = *local_address(first->get()), .reuse_address = true}));
}

TEST(SocketOption, IsSetAsAsked) {
  auto socket = open_socket({});
  ASSERT_TRUE(socket);
  EXPECT_TRUE(set_nodelay(socket->get()));
  EXPECT_NE(option(*socket, IPPROTO_TCP, TCP_NODELAY), 0);
  using std::chrono::seconds;
  EXPECT_TRUE(set_keepalive(socket->get(), {.idle = seconds(40), .interval = seconds(5), .probes = 3}));
  EXPECT_NE(option(*socket, SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(option(*socket, IPPROTO_TCP, TCP_KEEPIDLE), 40);
  EXPECT_EQ(option(*socket, IPPROTO_TCP, TCP_KEEPINTVL), 5);
  EXPECT_EQ(option(*socket, IPPROTO_TCP, TCP_KEEPCNT), 3);
}

TEST(SocketOption, OfBufferSizesLeavesZeroAlone) {
  auto socket = open_socket({});
  ASSERT_TRUE(socket);
  const BufferSizes before = *buffer_sizes(socket->get());
  EXPECT_TRUE(set_buffer_sizes(socket->get(), {.receive_bytes = 8192}));
  EXPECT_EQ(buffer_sizes(socket->get())->receive_bytes, 16384);
  EXPECT_EQ(buffer_sizes(socket->get())->send_bytes, before.send_bytes);
  EXPECT_TRUE(set_buffer_sizes(socket->get(), {.send_bytes = 16384}));
  EXPECT_EQ(buffer_sizes(socket->get())->receive_bytes, 16384);
  EXPECT_EQ(buffer_sizes(socket->get())->send_bytes, 32768);
}

TEST(SocketOption, OfTheWrongDescriptorIsRefused) {
  EXPECT_EQ(errno_of(set_nodelay(-1)), EBADF);
  EXPECT_EQ(errno_of(set_keepalive(-1, {})), EBADF);
  EXPECT_EQ(errno_of(set_buffer_sizes(-1, {.send_bytes = 1})), EBADF);
  EXPECT_EQ(errno_of(buffer_sizes(-1)), EBADF);
  auto local = open_socket({.family = AF_UNIX});
  EXPECT_EQ(errno_of(set_nodelay(local->get())), EOPNOTSUPP);
  auto socket = open_socket({});
  EXPECT_EQ(errno_of(set_keepalive(socket->get(), {.idle = std::chrono::hours(24 * 365)})), EINVAL);
}

}  // namespace
}  // namespace evt
