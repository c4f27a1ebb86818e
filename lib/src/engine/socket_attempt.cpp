/// One try of the operations that only sockets have: see attempt.hpp.
#include "engine/socket_attempt.hpp"

#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <poll.h>

#include <cerrno>
#include <climits>

namespace evt::detail {

namespace {

std::int64_t outcome(ssize_t count) noexcept {
  return count >= 0 ? count : -errno;
}

/// What does not listen is never readable for it, and is told so by accept(2) at once.
bool listens(int fd) noexcept {
  int answer = 0;
  socklen_t size = sizeof answer;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer != 0;
}

/// A listener without O_NONBLOCK is asked first: accept(2) has no flag for it, and the description may be another's
/// too.
std::int64_t try_accept(File& file, Attempt& context) noexcept {
  const int fd = Access::fd(file);
  (void)Core::kind_of(file);
  if (!Access::nonblocking(file)) {
    pollfd one{fd, POLLIN, 0};
    ++context.system_calls;
    if (poll(&one, 1, 0) == 0 && listens(fd)) return -EAGAIN;
  }
  ++context.system_calls;
  return outcome(accept4(fd, nullptr, nullptr, accept_flags));
}

/// Called again after the wait, connect(2) tells how it went.
std::int64_t try_connect(FileRequest& request, Attempt& context) noexcept {
  File& file = Access::file_of(request);
  (void)Core::kind_of(file);
  if (!Access::nonblocking(file)) return code_needs_pool;
  const std::int64_t result = connect_once(request);
  ++context.system_calls;
  // A unix listener whose backlog is full tells nobody when there is room.
  return result == -EAGAIN ? code_needs_pool : result == -EINPROGRESS ? -EAGAIN : result;
}

}  // namespace

int send_flags(const FileRequest& request, BrokenPipe broken_pipe) noexcept {
  return Access::flags(request) | MSG_DONTWAIT | (broken_pipe == BrokenPipe::suppress ? MSG_NOSIGNAL : 0);
}

msghdr* next_message(MessageRequest& request) noexcept {
  msghdr* given = Access::given(request);
  msghdr& own = Access::own(request);
  if (traits(request.operation()).moves == Moves::in) {
    if (Access::tells_sender(request)) own.msg_namelen = Address::capacity;
    return given;
  }
  const bool first = Access::done(request) == 0;
  const bool whole = first && Access::vectors(request) == given->msg_iov && Access::size(request) <= IOV_MAX;
  if (whole) return given;
  if (given != &own) own = *given;
  if (!first) {
    own.msg_control = nullptr;
    own.msg_controllen = 0;
  }
  const std::span<const iovec> vectors = next_vectors(request, Access::part(request));
  own.msg_iov = const_cast<iovec*>(vectors.data());
  own.msg_iovlen = vectors.size();
  return &own;
}

std::int64_t connect_once(FileRequest& request) noexcept {
  const auto* const name = reinterpret_cast<const sockaddr*>(Access::data(request));
  const std::int64_t result =
      outcome(connect(Access::fd(Access::file_of(request)), name, static_cast<socklen_t>(Access::size(request))));
  std::size_t& begun = Access::vector_index(request);
  if (result == -EALREADY || (result == -EISCONN && begun != 0)) return result == -EALREADY ? -EINPROGRESS : 0;
  if (result == -EINPROGRESS || result == -EINTR) begun = 1;
  return result;
}

std::int64_t attempt_socket(FileRequest& request, Attempt& context) noexcept {
  File& file = Access::file_of(request);
  const int fd = Access::fd(file);
  const int flags = Access::flags(request);
  const std::size_t done = Access::done(request);
  switch (request.operation()) {
    case Operation::connect:
      return try_connect(request, context);
    case Operation::accept:
      return try_accept(file, context);
    case Operation::shutdown:
      ++context.system_calls;
      return outcome(shutdown(fd, static_cast<int>(Access::size(request))));
    case Operation::recv:
      ++context.system_calls;
      return outcome(recv(fd, Access::data(request), Access::size(request), flags | MSG_DONTWAIT));
    case Operation::send:
      ++context.system_calls;
      return outcome(send(fd, Access::data(request) + done, Access::size(request) - done,
                          send_flags(request, context.broken_pipe)));
    case Operation::recvmsg:
      ++context.system_calls;
      return outcome(recvmsg(fd, next_message(Access::message(request)), flags | MSG_DONTWAIT));
    case Operation::sendmsg:
      ++context.system_calls;
      return outcome(sendmsg(fd, next_message(Access::message(request)), send_flags(request, context.broken_pipe)));
    case Operation::recvmmsg:
      ++context.system_calls;
      return outcome(recvmmsg(fd, Access::messages(request), batch_size(request), flags | MSG_DONTWAIT, nullptr));
    case Operation::sendmmsg:
      ++context.system_calls;
      return outcome(sendmmsg(fd, Access::messages(request) + done, batch_size(request),
                              send_flags(request, context.broken_pipe)));
    case Operation::none:
    case Operation::nop:
    case Operation::read:
    case Operation::readv:
    case Operation::read_exact:
    case Operation::write:
    case Operation::writev:
    case Operation::write_some:
    case Operation::pread:
    case Operation::pwrite:
    case Operation::readable:
    case Operation::writable:
    case Operation::splice:
    case Operation::fsync:
    case Operation::close:
    case Operation::open:
    case Operation::recv_pooled:
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

}  // namespace evt::detail
