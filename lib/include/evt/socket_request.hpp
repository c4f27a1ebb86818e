/// Requests on sockets that IoRequest does not have: accepting, messages with addresses and control data, and
/// batches of datagrams. Receiving into a pool is in pooled_request.hpp.
#pragma once

#include <evt/address.hpp>
#include <evt/fd.hpp>
#include <evt/file_request.hpp>

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <span>

namespace evt {

/// Accepts connections of a listening socket, one a callback. Read-like: several of them on one File are served in
/// turn. peer_address() says who it is.
class AcceptRequest : public FileRequest {
 public:
  using Done = Callback<AcceptRequest, Fd>;

  explicit AcceptRequest(File& file) noexcept;
  /// Closes a connection that was accepted but not yet delivered.
  ~AcceptRequest();

  /// The descriptor has O_CLOEXEC and O_NONBLOCK. One accepted although the request was cancelled is delivered, never
  /// leaked. Where requests keep rearming the loop may accept ahead: such a connection waits on the File for the next
  /// accept, and is closed with it. accept4(2): an error such as EMFILE is no end, the next accept may go well.
  Ticket accept(Done done) noexcept;

  std::optional<Result<Fd>> cancel_sync() noexcept;

 private:
  static Action invoke(Request& request);
  Result<Fd> take_result() noexcept;
};

/// One message with its address and control data. Everything given is borrowed until the callback, cancel_sync() or
/// the destructor.
class MessageRequest : public FileRequest {
 public:
  using Done = Callback<MessageRequest, std::size_t>;

  explicit MessageRequest(File& file) noexcept;
  ~MessageRequest() { settle(); }

  /// Receives one message, of a stream what is there: the bytes, 0 for an empty message, Errc::eof at the end of a
  /// stream. Sets msg_namelen, msg_controllen and msg_flags as recvmsg(2) does; set them anew before a rearm.
  Ticket recvmsg(msghdr& message, Done done, int flags = 0) noexcept;
  /// The same into one buffer; `from` gets the sender.
  Ticket recvfrom(std::span<std::byte> target, Address& from, Done done, int flags = 0) noexcept;

  /// Sends one message; on a stream everything, in one callback, and the control data (descriptors passed, say)
  /// exactly once, with its first bytes. `message` and its vectors are not written to. sendmsg(2).
  Ticket sendmsg(const msghdr& message, Done done, int flags = 0) noexcept;
  Ticket sendto(std::span<const std::byte> source, const Address& to, Done done, int flags = 0) noexcept;

  /// What recvmsg(2) said in msg_flags of the message received last.
  int flags() const noexcept;
  /// The message was longer than the buffers: the rest is lost. transferred() says how much there is of it.
  bool truncated() const noexcept { return (flags() & MSG_TRUNC) != 0; }

  std::optional<Result<std::size_t>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  static Action invoke(Request& request);
  Result<std::size_t> take_result() noexcept;
  Ticket submit_message(Operation operation, Done done, int flags) noexcept;
  void set_own(void* name, socklen_t name_size, iovec vector) noexcept;

  msghdr* given_ = nullptr;  // The caller's, or own_.
  Address* from_ = nullptr;
  msghdr own_{};    // recvfrom's and sendto's, and the rest of a message sent in part.
  iovec vector_{};  // recvfrom's and sendto's buffer.
  iovec part_{};    // The rest of a vector sent in part.
};

/// Many datagrams at a time: recvmmsg(2) and sendmmsg(2). The array, and what it points to, is borrowed until the
/// callback, cancel_sync() or the destructor.
class BatchRequest : public FileRequest {
 public:
  using Done = Callback<BatchRequest, std::size_t>;

  explicit BatchRequest(File& file) noexcept;
  ~BatchRequest() { settle(); }

  /// Receives what is there, at least one message: how many. The headers are filled as by recvmsg(2), msg_len says how
  /// long each is.
  Ticket recv(std::span<mmsghdr> messages, Done done, int flags = 0) noexcept;
  /// Sends them all, in order, in one callback; on failure transferred() says how many went.
  Ticket send(std::span<mmsghdr> messages, Done done, int flags = 0) noexcept;

  std::optional<Result<std::size_t>> cancel_sync() noexcept;

 private:
  static Action invoke(Request& request);
  Result<std::size_t> take_result() noexcept;
};

}  // namespace evt
