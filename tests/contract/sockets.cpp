/// How the sockets of sockets.hpp are made, by plain system calls.
#include "contract/sockets.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace evt::contract {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void set_option(int fd, int level, int option, int value) {
  checked(setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

}  // namespace

Fd make_socket(int family, int type) {
  return Fd(checked(socket(family, type | SOCK_CLOEXEC, 0), "socket"));
}

Fd make_bound(const Address& address, int type) {
  Fd made = make_socket(address.family(), type);
  checked(::bind(made.get(), address.data(), address.size()), "bind");
  return made;
}

Fd make_listener(const Address& address, int backlog) {
  Fd made = make_bound(address, SOCK_STREAM | SOCK_NONBLOCK);
  checked(::listen(made.get(), backlog), "listen");
  return made;
}

SocketPair make_tcp_pair() {
  const Fd listener = make_listener();
  const Address address = local_address(listener.get()).value();
  Fd near = make_socket(AF_INET, SOCK_STREAM);
  checked(::connect(near.get(), address.data(), address.size()), "connect");
  Fd far(checked(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept4"));
  for (const Fd* each : {&near, &far})
    set_option(each->get(), IPPROTO_TCP, TCP_NODELAY, 1);
  return {std::move(near), std::move(far)};
}

SocketPair make_udp_pair() {
  SocketPair pair{make_bound(Address::loopback_ipv4(0), SOCK_DGRAM), make_bound(Address::loopback_ipv4(0), SOCK_DGRAM)};
  const Address near = local_address(pair.near.get()).value();
  const Address far = local_address(pair.far.get()).value();
  checked(::connect(pair.near.get(), far.data(), far.size()), "connect");
  checked(::connect(pair.far.get(), near.data(), near.size()), "connect");
  return pair;
}

Fd connect_to(const Address& address) {
  Fd made = make_socket(address.family());
  if (::connect(made.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS) checked(-1, "connect");
  return made;
}

Address abstract_name() {
  static int count = 0;
  return Address::unix_abstract("evt-contract-" + std::to_string(getpid()) + '-' + std::to_string(++count)).value();
}

void reset_connection(Fd& fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  checked(setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
  fd.reset();
}

void shrink_buffers(const Fd& fd) {
  set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, 1);
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, 1);
}

bool are_connected(const Fd& accepted, const Fd& client) {
  return peer_address(accepted.get()).value() == local_address(client.get()).value();
}

bool sees_the_end(const Fd& client) {
  pollfd entry{.fd = client.get(), .events = POLLIN, .revents = 0};
  if (poll(&entry, 1, 10'000) != 1) return false;
  char byte;
  return recv(client.get(), &byte, 1, MSG_DONTWAIT) <= 0;
}

bool at_end(const Fd& fd) {
  char byte;
  return recv(fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

std::uint32_t backlog_of(int listener) {
  tcp_info information{};
  socklen_t size = sizeof information;
  checked(getsockopt(listener, IPPROTO_TCP, TCP_INFO, &information, &size), "TCP_INFO");
  return information.tcpi_unacked;
}

FullListener::FullListener()
    : listener_(make_listener(Address::loopback_ipv4(0), 0)),
      address_(local_address(listener_.get()).value()),
      filler_(connect_to(address_)) {
  pollfd connected{.fd = filler_.get(), .events = POLLOUT, .revents = 0};
  if (checked(poll(&connected, 1, 10'000), "poll") != 1) throw std::runtime_error("the backlog cannot be filled");
}

void FullListener::make_room() {
  Fd(checked(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept4")).reset();
}

}  // namespace evt::contract
