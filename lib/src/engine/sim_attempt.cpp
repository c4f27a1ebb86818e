/// One try of an operation in the simulated engine: the library's own attempt(), on fewer bytes where the seed says so.
#include "engine/blocking.hpp"
#include "engine/sim_engine.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace evt::detail {

namespace {

using Kind = Access::Kind;

/// Opening it may wait for somebody for ever.
bool waits_to_open(const OpenRequest& request) noexcept {
  struct stat status{};
  if (fstatat(Access::options(request).directory, Access::path(request), &status, 0) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
}

/// True where a kernel may move less than it could, and the rest stays for the next call.
bool divides(File& file) noexcept {
  switch (Core::kind_of(file)) {
    case Kind::stream_socket:
    case Kind::regular:
    case Kind::tty:
      return true;
    case Kind::pipe:
      return Access::dries(file);  // Not in packet mode.
    case Kind::datagram_socket:
    case Kind::memory_device:
    case Kind::other:
    case Kind::unknown:
      break;
  }
  return false;
}

bool has_vectors(Operation operation) noexcept {
  return operation == Operation::readv || operation == Operation::writev;
}

}  // namespace

std::int64_t SimEngine::perform(Request& request) {
  switch (request.operation()) {
    case Operation::nop:
      return 0;
    case Operation::close:
      ++context_.system_calls;
      return close(core_->surrender(*Access::file(request))) == 0 ? 0 : -errno;
    case Operation::open:
      if (waits_to_open(Access::open(request))) return code_needs_pool;
      [[fallthrough]];
    case Operation::fsync:
      ++context_.system_calls;
      run_blocking(request);
      return Access::result(request);
    case Operation::none:
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
    case Operation::timer:
    case Operation::wake:
    case Operation::work:
      break;
  }
  if (request.operation() != Operation::splice && Access::blocking_only(*Access::file(request))) {
    return code_needs_pool;
  }
  return transfer(request);
}

/// The request seems to want fewer bytes while attempt() looks at it.
std::int64_t SimEngine::transfer(Request& request) {
  const std::size_t most = cut(request);
  if (most == 0) return attempt(request, context_);
  IoRequest& io = Access::io(request);
  const std::size_t size = Access::size(io);
  if (!has_vectors(request.operation())) {
    Access::size(io) = Access::done(io) + most;
    const std::int64_t result = attempt(request, context_);
    Access::size(io) = size;
    return result;
  }
  iovec scratch;
  cut_.clear();
  std::size_t left = most;
  for (iovec vector : next_vectors(io, scratch)) {
    vector.iov_len = std::min(vector.iov_len, left);
    left -= vector.iov_len;
    cut_.push_back(vector);
    if (left == 0) break;
  }
  const iovec* vectors = std::exchange(Access::vectors(io), cut_.data());
  const std::size_t index = std::exchange(Access::vector_index(io), 0);
  const std::size_t offset = std::exchange(Access::vector_offset(io), 0);
  Access::size(io) = cut_.size();
  const std::int64_t result = attempt(request, context_);
  Access::size(io) = size;
  Access::vectors(io) = vectors;
  Access::vector_index(io) = index;
  Access::vector_offset(io) = offset;
  return result;
}

/// How many bytes this attempt may move at most; 0: as many as it wants.
std::size_t SimEngine::cut(Request& request) noexcept {
  unsigned percent = 0;
  switch (request.operation()) {
    case Operation::read_exact:
    case Operation::write:
    case Operation::writev:
    case Operation::pwrite:
      percent = options_.short_transfers;
      break;
    case Operation::read:
    case Operation::readv:
    case Operation::pread:
    case Operation::write_some:
    case Operation::splice:
      percent = options_.short_results;
      break;
    case Operation::none:
    case Operation::nop:
    case Operation::readable:
    case Operation::writable:
    case Operation::fsync:
    case Operation::close:
    case Operation::open:
    case Operation::timer:
    case Operation::wake:
    case Operation::work:
      return 0;
  }
  File& file = *Access::file(request);
  if (!random_.chance(percent) || !divides(file)) return 0;
  const std::size_t wanted = asked(request);
  const Operation operation = request.operation();
  const bool streams =
      Core::kind_of(file) != Kind::regular && (operation == Operation::write || operation == Operation::writev);
  if (wanted < 2 || (streams && wanted <= options_.whole_writes)) return 0;
  return 1 + random_.below(wanted - 1);
}

}  // namespace evt::detail
