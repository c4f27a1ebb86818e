/// One try of an operation in the simulated engine: the library's own attempt(), on fewer bytes where the seed says so.
#include "engine/blocking.hpp"
#include "engine/sim_engine.hpp"
#include "loop/operations.hpp"

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
    case Operation::connect:
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
  if (request.operation() != Operation::splice && Access::blocking_only(*Access::file(request))) {
    return code_needs_pool;
  }
  return transfer(request);
}

/// The request seems to want fewer bytes while attempt() looks at it.
std::int64_t SimEngine::transfer(Request& request) {
  const std::size_t most = cut(request);
  if (most == 0) return attempt(request, context_);
  FileRequest& io = Access::io(request);
  const std::size_t size = Access::size(io);
  if (!(traits(request.operation()).unit == Unit::vectors)) {
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
  const OperationTraits& kind = traits(request.operation());
  if (kind.moves == Moves::nothing) return 0;
  const unsigned percent = kind.over == Over::whole ? options_.short_transfers : options_.short_results;
  File& file = *Access::file(request);
  if (!random_.chance(percent) || !divides(file)) return 0;
  const std::size_t wanted = asked(request);
  const bool streams = Core::kind_of(file) != Kind::regular && kind.over == Over::whole && kind.moves == Moves::out;
  if (wanted < 2 || (streams && wanted <= options_.whole_writes)) return 0;
  return 1 + random_.below(wanted - 1);
}

}  // namespace evt::detail
