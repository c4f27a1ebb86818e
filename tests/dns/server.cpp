/// Server: one thread, one message after the other.
#include "dns/server.hpp"

#include <evt/socket.hpp>

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace evt::dns::test {

namespace {

constexpr std::size_t largest = 65535;

Fd make_socket(int type, const Address& address) {
  Fd fd{socket(AF_INET, type | SOCK_CLOEXEC, 0)};
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd.get(), address.data(), address.size()) != 0) return {};
  if (type == SOCK_STREAM && ::listen(fd.get(), 16) != 0) return {};
  return fd;
}

bool readable(int fd, int stop) {
  std::array<pollfd, 2> both{
      {{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = stop, .events = POLLIN, .revents = 0}}};
  poll(both.data(), both.size(), -1);
  return both[1].revents == 0;
}

/// Exactly `size` bytes of a stream; fewer where it ends before or the server is stopped.
std::string read_all(int fd, std::size_t size, int stop) {
  std::string text(size, '\0');
  std::size_t got = 0;
  while (got < size && readable(fd, stop)) {
    const ssize_t count = read(fd, text.data() + got, size - got);
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

std::string framed(std::string_view message) {
  std::string text{static_cast<char>(message.size() >> 8U), static_cast<char>(message.size())};
  return text.append(message);
}

}  // namespace

void Visit::send(std::string_view bytes) const {
  sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL, from_.size() > sizeof(sa_family_t) ? from_.data() : nullptr,
         from_.size() > sizeof(sa_family_t) ? from_.size() : 0);
}

void Visit::send_from_other_port(std::string_view bytes) const {
  const Fd other = make_socket(SOCK_DGRAM, Address::loopback_ipv4(0));
  sendto(other.get(), bytes.data(), bytes.size(), 0, from_.data(), from_.size());
}

void Visit::send_from_other_address(std::string_view bytes) const {
  const auto own = local_address(fd_);
  const Fd other = make_socket(SOCK_DGRAM, Address::parse_ip("127.0.0.2", own->port()).value());
  sendto(other.get(), bytes.data(), bytes.size(), 0, from_.data(), from_.size());
}

void Visit::send_framed(std::string_view message) const {
  send(framed(message));
}

void Visit::reset() const {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

Server::Server(Handlers handlers) : handlers_(std::move(handlers)), stop_(eventfd(0, EFD_CLOEXEC)) {
  // A port that is free for both.
  for (int tries = 0; tries < 100; ++tries) {
    udp_ = make_socket(SOCK_DGRAM, Address::loopback_ipv4(0));
    address_ = local_address(udp_.get()).value();
    if (handlers_.tcp) tcp_ = make_socket(SOCK_STREAM, address_);
    if (tcp_.get() >= 0 || !handlers_.tcp) break;
  }
  if (handlers_.tcp && tcp_.get() < 0) throw std::runtime_error("no free port");
  thread_ = std::thread([this] { serve(); });
}

Server::~Server() {
  const std::uint64_t one = 1;
  EXPECT_EQ(write(stop_.get(), &one, sizeof(one)), ssize_t{sizeof(one)});
  thread_.join();
}

std::vector<std::string> Server::copy(const std::vector<std::string>& seen) const {
  const std::scoped_lock lock(mutex_);
  return seen;
}

void Server::serve() {
  for (;;) {
    std::array<pollfd, 3> all{{{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                               {.fd = udp_.get(), .events = POLLIN, .revents = 0},
                               {.fd = tcp_.get(), .events = POLLIN, .revents = 0}}};
    poll(all.data(), all.size(), -1);
    if (all[0].revents != 0) return;
    if (all[1].revents != 0) serve_datagram();
    if (all[2].revents != 0) serve_connection();
  }
}

void Server::serve_datagram() {
  std::string query(largest, '\0');
  Address from;
  socklen_t size = Address::capacity;
  const ssize_t count = recvfrom(udp_.get(), query.data(), query.size(), MSG_DONTWAIT, from.data(), &size);
  if (count < 0) return;
  from.set_size(size);
  query.resize(static_cast<std::size_t>(count));
  int number = 0;
  {
    const std::scoped_lock lock(mutex_);
    udp_seen_.push_back(query);
    number = static_cast<int>(udp_seen_.size());
  }
  if (handlers_.udp) handlers_.udp(Visit(udp_.get(), std::move(query), from, number));
}

void Server::serve_connection() {
  const Fd connection{accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (connection.get() < 0) return;
  std::string query;
  if (!handlers_.tcp_at_once) {
    const std::string size = read_all(connection.get(), 2, stop_.get());
    if (size.size() < 2) return;
    const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(size[i])); };
    query = read_all(connection.get(), octet(0) << 8U | octet(1), stop_.get());
  }
  int number = 0;
  {
    const std::scoped_lock lock(mutex_);
    tcp_seen_.push_back(query);
    number = static_cast<int>(tcp_seen_.size());
  }
  handlers_.tcp(Visit(connection.get(), std::move(query), Address(), number));
}

Address nobody() {
  // Bound and closed: no other socket gets the port so soon.
  const Fd fd = make_socket(SOCK_DGRAM, Address::loopback_ipv4(0));
  return local_address(fd.get()).value();
}

}  // namespace evt::dns::test
