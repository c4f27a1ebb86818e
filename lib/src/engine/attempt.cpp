/// One try of an operation without blocking: see the header. Which way works depends on the kind of
/// descriptor, and is remembered in the File.
#include "engine/attempt.hpp"

#include "engine/nosignal.hpp"
#include "engine/reopen.hpp"
#include "engine/socket_attempt.hpp"
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace evt::detail {

namespace {

using Kind = Access::Kind;

std::int64_t outcome(ssize_t count) noexcept {
  return count >= 0 ? count : -errno;
}

/// What one system call moves: vectors and a position (-1: the file's own).
struct Transfer {
  std::span<const iovec> vectors;
  off_t offset = -1;
  bool reading = false;
};

std::int64_t on_socket(int fd, const Transfer& transfer, Attempt& context) noexcept {
  ++context.system_calls;
  const int flags = MSG_DONTWAIT | (context.broken_pipe == BrokenPipe::suppress ? MSG_NOSIGNAL : 0);
  if (transfer.vectors.size() == 1) {
    const iovec& only = transfer.vectors.front();
    return outcome(transfer.reading ? recv(fd, only.iov_base, only.iov_len, MSG_DONTWAIT)
                                    : send(fd, only.iov_base, only.iov_len, flags));
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(transfer.vectors.data());
  message.msg_iovlen = transfer.vectors.size();
  return outcome(transfer.reading ? recvmsg(fd, &message, MSG_DONTWAIT) : sendmsg(fd, &message, flags));
}

std::int64_t with_flags(int fd, const Transfer& transfer, int flags, Attempt& context) noexcept {
  ++context.system_calls;
  const auto count = static_cast<int>(transfer.vectors.size());
  if (transfer.reading) return outcome(preadv2(fd, transfer.vectors.data(), count, transfer.offset, flags));
  const bool suppress = context.broken_pipe == BrokenPipe::suppress;
  if (suppress && kernel_has_nosignal()) {
    const std::int64_t result =
        outcome(pwritev2(fd, transfer.vectors.data(), count, transfer.offset, flags | RWF_NOSIGNAL));
    if (result != -EOPNOTSUPP) return result;
    ++context.system_calls;  // A driver that knows no flags, as that of /dev/full.
  }
  SigpipeGuard guard{suppress};
  return guard.passed(outcome(pwritev2(fd, transfer.vectors.data(), count, transfer.offset, flags)));
}

/// Pipes, ttys and the like: RWF_NOWAIT where the file knows it, else a description of our own.
std::int64_t on_stream(File& file, const Transfer& transfer, Attempt& context) noexcept {
  if (Access::nonblocking(file)) return with_flags(Access::fd(file), transfer, 0, context);
  if (Access::nowait(file)) {
    const std::int64_t result = with_flags(Access::fd(file), transfer, RWF_NOWAIT, context);
    if (result != -EOPNOTSUPP) return result;
    Access::nowait(file) = false;
  }
  if (reopen_nonblocking(file)) return with_flags(Access::private_fd(file), transfer, 0, context);
  Access::blocking_only(file) = true;
  return code_needs_pool;
}

/// Regular files and block devices: what is cached at once; the rest may wait for a disk.
std::int64_t on_disk(File& file, const Transfer& transfer, Attempt& context) noexcept {
  const int fd = Access::fd(file);
  if (context.disk_work == DiskWork::on_loop) return with_flags(fd, transfer, 0, context);
  // Buffered writes know no NOWAIT on most file systems, and files of /proc no reads either.
  if (!transfer.reading || !Access::nowait(file)) return code_needs_pool;
  const std::int64_t result = with_flags(fd, transfer, RWF_NOWAIT, context);
  if (result == -EOPNOTSUPP) Access::nowait(file) = false;
  return result == -EOPNOTSUPP || result == -EAGAIN ? code_needs_pool : result;
}

std::int64_t transfer_bytes(File& file, const Transfer& transfer, Attempt& context) noexcept {
  const Kind kind = Core::kind_of(file);
  switch (kind) {
    case Kind::stream_socket:
    case Kind::datagram_socket:
      if (transfer.offset < 0) return on_socket(Access::fd(file), transfer, context);
      return with_flags(Access::fd(file), transfer, 0, context);  // ESPIPE.
    case Kind::regular:
      return on_disk(file, transfer, context);
    case Kind::memory_device:
      return with_flags(Access::fd(file), transfer, 0, context);
    case Kind::pipe:
    case Kind::tty:
    case Kind::other:
    case Kind::unknown:
      return on_stream(file, transfer, context);
  }
  return -EINVAL;
}

std::int64_t try_poll(File& file, short events, Attempt& context) noexcept {
  pollfd one{Access::fd(file), events, 0};
  ++context.system_calls;
  const int count = poll(&one, 1, 0);
  if (count < 0) return -errno;
  if (count == 0) return -EAGAIN;
  return (one.revents & POLLNVAL) != 0 ? -EBADF : one.revents;
}

}  // namespace

std::span<const iovec> next_vectors(const FileRequest& request, iovec& scratch) noexcept {
  const std::size_t index = Access::vector_index(request);
  const iovec* vectors = Access::vectors(request);
  const std::size_t count = Access::size(request);
  if (const std::size_t moved = Access::vector_offset(request); moved > 0) {
    // The rest of a vector moved in part goes alone, so that the caller's array stays untouched.
    scratch = {static_cast<std::byte*>(vectors[index].iov_base) + moved, vectors[index].iov_len - moved};
    return {&scratch, 1};
  }
  return {vectors + index, std::min<std::size_t>(count - index, IOV_MAX)};
}

namespace {
/// splice(2) knows no other way not to block on a socket than the socket's own O_NONBLOCK.
bool would_block_in_splice(File& file) noexcept {
  const Kind kind = Core::kind_of(file);
  return (kind == Kind::stream_socket || kind == Kind::datagram_socket) && !Access::nonblocking(file);
}
}  // namespace

std::int64_t try_splice(FileRequest& request, Attempt& context) noexcept {
  if (would_block_in_splice(*Access::file(request)) || would_block_in_splice(Access::target(request))) return -EINVAL;
  ++context.system_calls;
  SigpipeGuard guard{context.broken_pipe == BrokenPipe::suppress};
  return guard.passed(outcome(::splice(Access::fd(*Access::file(request)), nullptr, Access::fd(Access::target(request)),
                                       nullptr, Access::size(request), SPLICE_F_NONBLOCK | SPLICE_F_MOVE)));
}

namespace {
std::int64_t try_receive(Request& request, Attempt& context) noexcept {
  BufferPool& pool = *Access::pool(request);
  const int id = Core::others_are_first(request) ? -1 : Core::take_buffer(pool);
  if (id < 0) return code_no_buffer;
  const auto buffer = static_cast<std::uint16_t>(id);
  const iovec one{Access::memory(pool, buffer), Access::size(Access::io(request))};
  const std::int64_t result = transfer_bytes(*Access::file(request), {.vectors = {&one, 1}, .reading = true}, context);
  if (result > 0) {
    Access::set_buffer(request, pool, buffer, 0);
  } else {
    Core::give_back(pool, buffer);
  }
  return result;
}
}  // namespace

std::int64_t attempt(Request& request, Attempt& context) noexcept {
  FileRequest& io = Access::io(request);
  File& file = *Access::file(request);
  switch (const Operation operation = request.operation(); operation) {
    case Operation::read:
    case Operation::read_exact:
    case Operation::write:
    case Operation::write_some:
    case Operation::pread:
    case Operation::pwrite: {
      const std::size_t done = Access::done(io);
      const iovec one{Access::data(io) + done, Access::size(io) - done};
      return transfer_bytes(file,
                            {.vectors = {&one, 1},
                             .offset = positional(operation) ? static_cast<off_t>(Access::offset(io) + done) : -1,
                             .reading = traits(operation).moves == Moves::in},
                            context);
    }
    case Operation::readv:
    case Operation::writev: {
      iovec scratch;
      return transfer_bytes(
          file, {.vectors = next_vectors(io, scratch), .reading = traits(operation).moves == Moves::in}, context);
    }
    case Operation::readable:
      return try_poll(file, POLLIN, context);
    case Operation::writable:
      return try_poll(file, POLLOUT, context);
    case Operation::splice:
      return try_splice(io, context);
    case Operation::connect:
    case Operation::accept:
    case Operation::shutdown:
    case Operation::recv:
    case Operation::send:
    case Operation::recvmsg:
    case Operation::sendmsg:
    case Operation::recvmmsg:
    case Operation::sendmmsg:
      return attempt_socket(io, context);
    case Operation::recv_pooled:
      return try_receive(request, context);
    case Operation::none:
    case Operation::nop:
    case Operation::fsync:
    case Operation::close:
    case Operation::open:
    case Operation::timer:
    case Operation::wake:
    case Operation::work:
    case Operation::composed:
    case Operation::signal:
    case Operation::process:
      break;
  }
  return -EINVAL;
}

Gate gate_of(Request& request, Attempt& context) noexcept {
  File& file = *Access::file(request);
  if (request.operation() != Operation::splice) {
    return {&file, traits(request.operation()).lane == Lane::read || request.operation() == Operation::pread
                       ? Direction::read
                       : Direction::write};
  }
  File& target = Access::target(Access::io(request));
  pollfd sides[2] = {{Access::fd(file), POLLIN, 0}, {Access::fd(target), POLLOUT, 0}};
  if (Core::kind_of(file) == Kind::regular) return {&target, Direction::write};
  if (Core::kind_of(target) == Kind::regular) return {&file, Direction::read};
  ++context.system_calls;
  (void)poll(sides, 2, 0);
  return sides[0].revents == 0 ? Gate{&file, Direction::read} : Gate{&target, Direction::write};
}

std::size_t asked(Request& request) noexcept {
  FileRequest& io = Access::io(request);
  if (traits(request.operation()).unit != Unit::vectors) {
    return Access::size(io) - Access::done(io);
  }
  iovec scratch;
  std::size_t sum = 0;
  for (const iovec& vector : next_vectors(io, scratch))
    sum += vector.iov_len;
  return sum;
}

bool short_means_dry(Request& request) noexcept {
  const Operation operation = request.operation();
  if (traits(operation).unit == Unit::messages) return true;
  if (operation == Operation::recv || operation == Operation::recvmsg) {
    // What was only looked at is still there.
    if ((Access::flags(Access::io(request)) & (MSG_PEEK | MSG_OOB)) != 0) return false;
  }
  if (!transfers(operation)) return false;
  File& file = *Access::file(request);
  (void)Core::kind_of(file);  // What recv and send need not know themselves.
  return Access::dries(file);
}

}  // namespace evt::detail
