/// What an operation that stays with the kernel brought before anybody asked: kept at the File, in order, for its next
/// accept or read.
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace evt::detail {

using Intake = Access::Intake;

namespace {

constexpr std::uint16_t none = 0xffff;

std::int64_t take_end(Intake& intake) noexcept {
  intake.ends = false;
  return intake.end;
}

/// Where a read wants its bytes.
std::span<const iovec> vectors_of(const FileRequest& request, iovec& one) noexcept {
  const OperationTraits& kind = traits(request.operation());
  if (kind.unit == Unit::vectors) return {Access::vectors(request), Access::size(request)};
  if (kind.unit == Unit::messages) {
    const msghdr& header = Access::messages(request)->msg_hdr;
    return {header.msg_iov, header.msg_iovlen};
  }
  one = {Access::data(request) + Access::done(request), Access::size(request) - Access::done(request)};
  return {&one, 1};
}

std::size_t copy(std::span<const std::byte> source, std::span<const iovec> targets) noexcept {
  std::size_t moved = 0;
  for (const iovec& target : targets) {
    const std::size_t count = std::min(target.iov_len, source.size() - moved);
    if (count > 0) std::memcpy(target.iov_base, source.data() + moved, count);
    moved += count;
  }
  return moved;
}

/// A receive into a pool knows neither sender nor control data.
void describe(msghdr& header, bool truncated) noexcept {
  header.msg_namelen = 0;
  header.msg_controllen = 0;
  header.msg_flags = truncated ? MSG_TRUNC : 0;
}

}  // namespace

void Core::keep_connection(File& file, int result) noexcept {
  Intake& intake = file.intake_;
  if (result < 0) {
    intake.ends = true;
    intake.end = result;
    return;
  }
  if (intake.connections == nullptr) intake.connections = std::make_unique<std::vector<int>>();
  intake.connections->push_back(result);
}

std::int64_t Core::take_connection(File& file) noexcept {
  Intake& intake = file.intake_;
  if (intake.connections == nullptr || intake.connections->empty()) return take_end(intake);
  const int fd = intake.connections->front();
  intake.connections->erase(intake.connections->begin());
  return fd;
}

void Core::keep_buffer(File& file, std::uint16_t id, std::uint32_t bytes) noexcept {
  Intake& intake = file.intake_;
  BufferPool& pool = *intake.pool;
  pool.slots_[id].bytes = bytes;
  pool.slots_[id].next = none;
  if (intake.first == none) {
    intake.first = id;
    intake.offset = 0;
  } else {
    pool.slots_[intake.last].next = id;
  }
  intake.last = id;
}

/// Its bytes; the buffer goes to `request`, or what is left of it.
std::int64_t Core::take_kept_buffer(Request& request) noexcept {
  Intake& intake = file_of(request).intake_;
  if (intake.first == none) return take_end(intake);
  const std::uint16_t id = std::exchange(intake.first, intake.pool->slots_[intake.first].next);
  Access::set_buffer(request, *intake.pool, id, intake.offset);
  return intake.pool->slots_[id].bytes - std::exchange(intake.offset, 0);
}

/// A read of another kind takes its bytes from the oldest buffer.
std::int64_t Core::read_kept(Request& request) noexcept {
  Intake& intake = file_of(request).intake_;
  const Operation operation = request.operation_;
  if (operation == Operation::readable) return POLLIN;
  if (traits(operation).moves != Moves::in) return -EINVAL;
  if (intake.first == none) return take_end(intake);
  auto& io = static_cast<FileRequest&>(request);
  const BufferPool& pool = *intake.pool;
  const std::span<const std::byte> source{Access::memory(pool, intake.first) + intake.offset,
                                          pool.slots_[intake.first].bytes - intake.offset};
  iovec one{};
  const std::size_t moved = copy(source, vectors_of(io, one));
  if (operation == Operation::recvmsg)
    describe(*Access::given(static_cast<MessageRequest&>(io)), moved < source.size());
  if (operation == Operation::recvmmsg) {
    io.messages_->msg_len = static_cast<unsigned>(moved);
    describe(io.messages_->msg_hdr, moved < source.size());
  }
  const bool peeks =
      (operation == Operation::recv || traits(operation).unit != Unit::bytes) && (Access::flags(io) & MSG_PEEK) != 0;
  if (!peeks) consume(file_of(request), moved);
  return operation == Operation::recvmmsg ? 1 : static_cast<std::int64_t>(moved);
}

/// Of a message what was not read is lost.
void Core::consume(File& file, std::size_t count) noexcept {
  Intake& intake = file.intake_;
  BufferPool& pool = *intake.pool;
  intake.offset += static_cast<std::uint32_t>(count);
  if (intake.offset < pool.slots_[intake.first].bytes && kind_of(file) != Access::Kind::datagram_socket) return;
  const std::uint16_t id = std::exchange(intake.first, pool.slots_[intake.first].next);
  intake.offset = 0;
  give_back(pool, id);
}

void Core::drop_kept(File& file) noexcept {
  Intake& intake = file.intake_;
  while (intake.first != none) {
    const std::uint16_t id = std::exchange(intake.first, intake.pool->slots_[intake.first].next);
    give_back(*intake.pool, id);
  }
  if (intake.connections != nullptr) {
    for (const int fd : *intake.connections)
      Fd{fd}.reset();
    intake.connections->clear();
  }
  intake.pool = nullptr;
  intake.offset = 0;
  intake.repeats = intake.plain = intake.ends = false;
}

}  // namespace evt::detail
