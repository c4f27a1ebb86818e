/// IoRequest: reading, writing, splicing, waiting for readiness, syncing and closing one File; and
/// OpenRequest and Nop.
#pragma once

#include <evt/address.hpp>
#include <evt/fd.hpp>
#include <evt/file.hpp>
#include <evt/file_request.hpp>
#include <evt/request.hpp>

#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace evt {

enum class Shutdown : std::uint8_t { read, write, both };

/// One operation on a File at a time; reusable for another as soon as it is idle. Buffers and
/// iovec arrays are borrowed until the callback, cancel_sync() or the destructor, and never
/// written to (iovecs). Every operation may fail with an errno of the system call named, with
/// Errc::canceled, and with EBADF where the File has no descriptor. None calls back inline.
class IoRequest : public FileRequest {
 public:
  using Done = Callback<IoRequest, std::size_t>;

  explicit IoRequest(File& file) noexcept;
  ~IoRequest() { settle(); }

  /// Reads what is there, up to `target.size()` bytes, from the current position: ≥ 1 bytes, or
  /// Errc::eof at the end of a stream. On datagram sockets 0 bytes are a message. read(2).
  Ticket read(std::span<std::byte> target, Done done) noexcept;
  /// The same into several buffers. readv(2).
  Ticket readv(std::span<const iovec> targets, Done done) noexcept;
  /// Completes with exactly `target.size()` bytes, or Errc::eof: then transferred() says how many.
  Ticket read_exact(std::span<std::byte> target, Done done) noexcept;
  /// Reads up to min(size, inline_capacity) bytes into the request itself: inline_data().
  Ticket read_inline(std::size_t size, Done done) noexcept;

  /// Writes everything, in one callback. On failure transferred() says how much went out. write(2).
  Ticket write(std::span<const std::byte> source, Done done) noexcept;
  /// The same from several buffers, more than IOV_MAX included. writev(2).
  Ticket writev(std::span<const iovec> sources, Done done) noexcept;
  /// Completes with what one write took, ≥ 1 byte.
  Ticket write_some(std::span<const std::byte> source, Done done) noexcept;
  /// Copies up to inline_capacity bytes into the request and writes them all; more is refused with EMSGSIZE.
  Ticket write_inline(std::span<const std::byte> source, Done done) noexcept;

  /// Reads at `offset`, beside whatever else runs on the File; Errc::eof at the end. pread(2).
  Ticket pread(std::span<std::byte> target, std::uint64_t offset, Done done) noexcept;
  /// Writes everything at `offset`, beside whatever else runs on the File. pwrite(2).
  Ticket pwrite(std::span<const std::byte> source, std::uint64_t offset, Done done) noexcept;

  /// Completes with the poll(2) events once a read (or write) would not block. Also on error and
  /// hang-up: the read then tells.
  Ticket readable(Done done) noexcept;
  Ticket writable(Done done) noexcept;

  /// Moves up to `size` bytes from this File to `target`, one of which is a pipe, without copying:
  /// ≥ 1 bytes, or Errc::eof. Waits in this File's read queue and in `target`'s write queue at
  /// once. A regular file is read on the loop's thread. Sockets must have O_NONBLOCK themselves
  /// (splice(2) knows no other way), else EINVAL.
  Ticket splice(File& target, std::size_t size, Done done) noexcept;

  /// read() of a socket with flags: MSG_PEEK, MSG_WAITALL, MSG_OOB. recv(2).
  Ticket recv(std::span<std::byte> target, Done done, int flags = 0) noexcept;
  /// write() to a socket with flags: everything, in one callback; MSG_MORE. send(2).
  Ticket send(std::span<const std::byte> source, Done done, int flags = 0) noexcept;
  /// Connects a socket; `to` is borrowed until the callback. Completes with 0. Takes both directions: operations
  /// submitted later wait until it is over. Cancelled or failed the socket is of no more use. On a socket without
  /// O_NONBLOCK epoll leaves it to a pool thread. connect(2).
  Ticket connect(const Address& to, Done done) noexcept;
  /// Ends one direction, or both: `write` and `both` in the write queue, after the writes submitted before, beside a
  /// pending read; `read` in the read queue. Completes with 0. shutdown(2).
  Ticket shutdown(Shutdown how, Done done) noexcept;

  /// fsync(2), in the write queue: after the writes submitted before it.
  Ticket fsync(Done done) noexcept;

  /// Cancels both queues, waits until nothing is in flight, then closes the descriptor, also a
  /// borrowed one. Cannot be cancelled. Operations submitted meanwhile fail with EBADF.
  Ticket close(Done done) noexcept;

  static constexpr std::size_t inline_capacity = 32;
  std::span<const std::byte> inline_data() const noexcept {
    return {inline_, transferred() < inline_capacity ? transferred() : inline_capacity};
  }

  /// Returns with the request idle and the buffers the caller's, without calling back; hands back
  /// the real result if the operation won. May reap completions of others, which are only queued.
  std::optional<Result<std::size_t>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  static Action invoke(Request& request);
  Result<std::size_t> take_result() noexcept;
  Ticket submit(Operation operation, const Operands& operands, Done done) noexcept;

  std::byte inline_[inline_capacity];
};

/// Opens a path. O_CLOEXEC is always added. A FIFO waits for its other end without holding up
/// anything else, and can be cancelled while it does.
class OpenRequest : public ThreadedRequest {
 public:
  using Done = Callback<OpenRequest, Fd>;

  explicit OpenRequest(Loop& loop) noexcept;
  ~OpenRequest();

  struct Options {
    int flags = O_RDONLY;
    mode_t mode = 0666;
    int directory = AT_FDCWD;
  };
  /// `path` is borrowed until the request completes. openat(2). A descriptor that was opened
  /// although the request was cancelled is delivered (or closed by the destructor), never leaked.
  Ticket open(const char* path, Options options, Done done) noexcept;

  std::optional<Result<Fd>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  static Action invoke(Request& request);
  Result<Fd> take_result() noexcept;
  const char* path_ = nullptr;
  Options options_{};
};

/// Does nothing, through the engine: one submission, one completion.
class Nop : public Request {
 public:
  using Done = Callback<Nop, void>;
  explicit Nop(Loop& loop) noexcept;
  ~Nop() { settle(); }
  Ticket submit(Done done) noexcept;
  std::optional<Result<void>> cancel_sync() noexcept;

 private:
  static Action invoke(Request& request);
};

}  // namespace evt
