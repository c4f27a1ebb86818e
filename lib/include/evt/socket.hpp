/// How sockets are made and set up: open, listen, bind, options. What is done with them is a request's business.
#pragma once

#include <evt/address.hpp>
#include <evt/fd.hpp>
#include <evt/result.hpp>

#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>

namespace evt {

// Every socket made here is close-on-exec, and non-blocking: its description is nobody else's yet, and splice(2)
// honours nothing else. Any thread. Errors are those of the system call that the error names.

struct SocketOptions {
  int family = AF_INET;
  int type = SOCK_STREAM;  ///< Without SOCK_CLOEXEC and SOCK_NONBLOCK, which are added.
  int protocol = 0;
};

/// A new socket, bound and connected to nothing. Errors: socket(2).
Result<Fd> open_socket(const SocketOptions& options) noexcept;

struct ListenOptions {
  Address address;            ///< IPv4, IPv6 or unix. Port 0: the kernel picks one, see local_address().
  int type = SOCK_STREAM;     ///< Or SOCK_SEQPACKET for unix sockets.
  int backlog = SOMAXCONN;    ///< Connections that wait for an accept; the kernel's limit is the upper one.
  bool reuse_address = true;  ///< Listen although connections of an earlier listener are not forgotten yet.
  bool reuse_port = false;    ///< Share the port with other listeners of this user; the kernel spreads connections.
  bool v6_only = false;       ///< Whether [::] leaves IPv4 alone. Never left to the system's setting.
  mode_t mode = 0600;         ///< Of a unix path, less the umask, from the moment it exists.
};

/// A socket that listens. A unix path that a dead process left behind is taken over: only a socket, and only when no
/// process has it. Whatever else is in its place, a symbolic link too, stays and is EADDRINUSE. The path is not removed
/// when the socket is closed. May wait up to a second for another process that does the same in the folder.
Result<Fd> listen(const ListenOptions& options) noexcept;

struct DatagramOptions {
  Address address;  ///< As for listen(). Any address with port 0 is a fine one for a client.
  bool reuse_address = false;
  bool reuse_port = false;
  bool v6_only = false;
  mode_t mode = 0600;
};

/// A datagram socket bound to an address, by the rules of listen().
Result<Fd> bind_datagram(const DatagramOptions& options) noexcept;

/// TCP: small segments do not wait for the acknowledgement of earlier ones (TCP_NODELAY).
Result<void> set_nodelay(int fd) noexcept;

struct Keepalive {
  std::chrono::seconds idle{7200};    ///< Silence after which the peer is asked; at least a second.
  std::chrono::seconds interval{75};  ///< Between questions.
  int probes = 9;                     ///< Questions without an answer that end the connection (ETIMEDOUT).
};
/// TCP: asks a silent peer now and then whether it is there. New sockets never do.
Result<void> set_keepalive(int fd, const Keepalive& keepalive) noexcept;

struct BufferSizes {
  int receive_bytes = 0;
  int send_bytes = 0;
};
/// The kernel's buffers of a socket; 0 leaves one alone. The kernel doubles what it is asked for, within its limits.
Result<void> set_buffer_sizes(int fd, const BufferSizes& sizes) noexcept;
/// What the kernel really has, for its own use included.
Result<BufferSizes> buffer_sizes(int fd) noexcept;

}  // namespace evt
