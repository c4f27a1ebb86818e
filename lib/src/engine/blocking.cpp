/// Operations as a pool thread does them: see the header.
#include "engine/blocking.hpp"

#include "engine/socket_attempt.hpp"
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace evt::detail {

namespace {

std::int64_t outcome(ssize_t count) noexcept {
  return count >= 0 ? count : -errno;
}

/// Waits where a plain read or write would: in poll(2), which a signal ends before any byte moved.
std::int64_t await(File& file, Direction direction) noexcept {
  if (Core::kind_of(file) == Access::Kind::regular) return 0;
  pollfd one{Access::fd(file), static_cast<short>(direction == Direction::read ? POLLIN : POLLOUT), 0};
  return outcome(poll(&one, 1, -1));
}

std::int64_t transfer(FileRequest& io, File& file) noexcept {
  const Operation operation = io.operation();
  const bool reading = traits(operation).moves == Moves::in;
  const std::int64_t ready = await(file, reading ? Direction::read : Direction::write);
  if (ready < 0) return ready;
  const int fd = Access::fd(file);
  const std::size_t done = Access::done(io);
  if (traits(operation).unit == Unit::vectors) {
    iovec scratch;
    const std::span<const iovec> vectors = next_vectors(io, scratch);
    const auto count = static_cast<int>(vectors.size());
    return outcome(reading ? readv(fd, vectors.data(), count) : writev(fd, vectors.data(), count));
  }
  std::byte* data = Access::data(io) + done;
  const std::size_t size = Access::size(io) - done;
  const auto offset = static_cast<off_t>(Access::offset(io) + done);
  if (operation == Operation::pread) return outcome(pread(fd, data, size, offset));
  if (operation == Operation::pwrite) return outcome(pwrite(fd, data, size, offset));
  return outcome(reading ? read(fd, data, size) : write(fd, data, size));
}

/// Nobody tells when a unix listener has room in its backlog: asked again and again, not often.
std::int64_t connect_patiently(FileRequest& request) noexcept {
  constexpr int pause_ms = 5;
  std::int64_t result = connect_once(request);
  while (result == -EAGAIN) {
    if (poll(nullptr, 0, pause_ms) < 0) return -errno;
    result = connect_once(request);
  }
  return result;
}

std::int64_t open_path(const OpenRequest& request) noexcept {
  const OpenRequest::Options& options = Access::options(request);
  return outcome(openat(options.directory, Access::path(request), options.flags, options.mode));
}

}  // namespace

void run_blocking(Request& request) noexcept {
  std::int64_t& result = Access::result(request);
  switch (request.operation()) {
    case Operation::connect:
      result = connect_patiently(Access::io(request));
      return;
    case Operation::open:
      result = open_path(Access::open(request));
      return;
    case Operation::fsync:
      result = outcome(fsync(Access::fd(Access::file_of(request))));
      return;
    case Operation::readable:
      result = await(Access::file_of(request), Direction::read);
      return;
    case Operation::writable:
      result = await(Access::file_of(request), Direction::write);
      return;
    case Operation::read:
    case Operation::readv:
    case Operation::read_exact:
    case Operation::write:
    case Operation::writev:
    case Operation::write_some:
    case Operation::pread:
    case Operation::pwrite:
      result = transfer(Access::io(request), Access::file_of(request));
      return;
    case Operation::none:
    case Operation::nop:
    case Operation::splice:
    case Operation::close:
    case Operation::timer:
    case Operation::wake:
    case Operation::accept:
    case Operation::shutdown:
    case Operation::recv:
    case Operation::send:
    case Operation::recv_pooled:
    case Operation::recvmsg:
    case Operation::sendmsg:
    case Operation::recvmmsg:
    case Operation::sendmmsg:
    case Operation::work:
    case Operation::composed:
    case Operation::signal:
    case Operation::process:
      break;
  }
  result = -EINVAL;
}

}  // namespace evt::detail
