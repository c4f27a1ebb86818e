/// Sockets for the contract suite: listeners, connected pairs over TCP and UDP, and requests with all they need.
#pragma once

#include "contract/fixture.hpp"

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace evt::contract {

/// An unbound socket, O_CLOEXEC. `type` may say SOCK_NONBLOCK too, which connecting without a pool needs.
Fd make_socket(int family, int type = SOCK_STREAM | SOCK_NONBLOCK);
/// A socket of `type` bound to `address`.
Fd make_bound(const Address& address, int type = SOCK_DGRAM | SOCK_NONBLOCK);
/// A listening stream socket, by default on a free port of 127.0.0.1.
Fd make_listener(const Address& address = Address::loopback_ipv4(0), int backlog = 64);
/// A connected pair over TCP, or over UDP, on 127.0.0.1. Both ends block.
SocketPair make_tcp_pair();
SocketPair make_udp_pair();
/// A connection that is made, or on its way, without the loop.
Fd connect_to(const Address& address);
/// An abstract name that nobody else has.
Address abstract_name();
/// Closes `fd` such that the other end sees a reset and not an end.
void reset_connection(Fd& fd);
/// Makes the buffers of a socket as small as the kernel allows, so that much does not fit.
void shrink_buffers(const Fd& fd);
/// Whether the two are the ends of one connection.
bool are_connected(const Fd& accepted, const Fd& client);
/// Whether the other end of `client` is closed, or was reset; waits for it.
bool sees_the_end(const Fd& client);
/// Whether the other end has sent all it will send, after `drain`.
bool at_end(const Fd& fd);
/// How many connections wait in the kernel for accept(2) on a TCP listener.
std::uint32_t backlog_of(int listener);

/// A TCP listener whose backlog is full: who connects now is not answered until make_room().
class FullListener {
 public:
  FullListener();
  const Address& address() const { return address_; }
  /// Takes what fills it, so that the next attempt of who waits succeeds. (That is a second or so later.)
  void make_room();

 private:
  Fd listener_;
  Address address_;
  Fd filler_;
};

using AcceptRecorder = Recorder<Fd>;

/// A TCP listener on the loop, and clients that the loop knows nothing of.
struct Server {
  Fd listener = make_listener();
  Address address = local_address(listener.get()).value();
  File file;

  explicit Server(Loop& loop) : file(loop, File::borrow(listener.get())) {}
  Fd connect() const { return connect_to(address); }
};

/// An accept with all it needs.
struct Acceptor {
  AcceptRecorder done;
  AcceptRequest request;

  explicit Acceptor(File& file) : request(file) {}
  Ticket accept() { return request.accept(bind(done)); }
};

/// A connect with all it needs, on a socket that suits the address.
struct Connector {
  IoRecorder done;
  File file;
  IoRequest request{file};

  Connector(Loop& loop, const Address& address) : Connector(loop, make_socket(address.family())) {}
  Connector(Loop& loop, Fd socket) : file(loop, File::adopt(std::move(socket))) {}
  Ticket connect(const Address& address) { return request.connect(address, bind(done)); }
};

}  // namespace evt::contract
