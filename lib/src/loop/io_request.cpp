/// IoRequest, OpenRequest and Nop: from the typed calls to the core and back.
#include "loop/core.hpp"
#include "loop/outcome.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace evt {

using detail::Access;

namespace {
Ticket no_loop() noexcept {
  return Access::refused(static_cast<std::int32_t>(detail::code_no_loop));
}
}  // namespace

IoRequest::IoRequest(File& file) noexcept : FileRequest(file, &IoRequest::invoke) {}

Action IoRequest::invoke(Request& request) {
  auto& self = static_cast<IoRequest&>(request);
  return detail::call<IoRequest, std::size_t>(self.function_, self.context_, self, [&] { return self.take_result(); });
}

Result<std::size_t> IoRequest::take_result() noexcept {
  if (result_ < 0) [[unlikely]]
    return std::unexpected(detail::to_error(operation_, result_));
  return static_cast<std::size_t>(result_);
}

FileRequest::FileRequest(File& file, Invoke invoke) noexcept
    : ThreadedRequest(Access::core(file), invoke), file_(&file) {
  if (core_ == nullptr) return;
  on_file_ = true;
  ++file.requests_;
}

/// The derived type has settled it.
FileRequest::~FileRequest() {
  if (on_file_ && core_ != nullptr) --file_->requests_;
}

/// Only an idle request may be touched: it is admitted first.
Ticket FileRequest::submit(Operation operation, const Operands& operands, void (*function)(), void* context) noexcept {
  if (core_ == nullptr) [[unlikely]]
    return no_loop();
  Ticket ticket;
  if (!core_->admit(*this, operation, ticket)) [[unlikely]]
    return ticket;
  data_ = operands.data;
  size_ = operands.size;
  offset_ = operands.offset;
  if (operands.target != nullptr) target_ = operands.target;
  if (operands.vectors != nullptr) vectors_ = operands.vectors;
  if (operands.messages != nullptr) messages_ = operands.messages;
  function_ = function;
  context_ = context;
  core_->enqueue(*this);
  return ticket;
}

Ticket IoRequest::submit(Operation operation, const Operands& operands, Done done) noexcept {
  return FileRequest::submit(operation, operands, detail::store(done), done.context);
}

Ticket IoRequest::read(std::span<std::byte> target, Done done) noexcept {
  return submit(Operation::read, {.data = target.data(), .size = target.size()}, done);
}

Ticket IoRequest::readv(std::span<const iovec> targets, Done done) noexcept {
  return submit(Operation::readv, {.vectors = targets.data(), .size = targets.size()}, done);
}

Ticket IoRequest::read_exact(std::span<std::byte> target, Done done) noexcept {
  return submit(Operation::read_exact, {.data = target.data(), .size = target.size()}, done);
}

Ticket IoRequest::read_inline(std::size_t size, Done done) noexcept {
  return submit(Operation::read, {.data = inline_, .size = std::min(size, inline_capacity)}, done);
}

Ticket IoRequest::write(std::span<const std::byte> source, Done done) noexcept {
  return submit(Operation::write, {.data = const_cast<std::byte*>(source.data()), .size = source.size()}, done);
}

Ticket IoRequest::writev(std::span<const iovec> sources, Done done) noexcept {
  return submit(Operation::writev, {.vectors = sources.data(), .size = sources.size()}, done);
}

Ticket IoRequest::write_some(std::span<const std::byte> source, Done done) noexcept {
  return submit(Operation::write_some, {.data = const_cast<std::byte*>(source.data()), .size = source.size()}, done);
}

Ticket IoRequest::write_inline(std::span<const std::byte> source, Done done) noexcept {
  if (source.size() > inline_capacity) return Access::refused(-EMSGSIZE);
  if (idle()) std::ranges::copy(source, inline_);
  return submit(Operation::write, {.data = inline_, .size = source.size()}, done);
}

Ticket IoRequest::pread(std::span<std::byte> target, std::uint64_t offset, Done done) noexcept {
  return submit(Operation::pread, {.data = target.data(), .size = target.size(), .offset = offset}, done);
}

Ticket IoRequest::pwrite(std::span<const std::byte> source, std::uint64_t offset, Done done) noexcept {
  return submit(Operation::pwrite,
                {.data = const_cast<std::byte*>(source.data()), .size = source.size(), .offset = offset}, done);
}

Ticket IoRequest::readable(Done done) noexcept {
  return submit(Operation::readable, {}, done);
}

Ticket IoRequest::writable(Done done) noexcept {
  return submit(Operation::writable, {}, done);
}

Ticket IoRequest::splice(File& target, std::size_t size, Done done) noexcept {
  return submit(Operation::splice, {.target = &target, .size = size}, done);
}

Ticket IoRequest::recv(std::span<std::byte> target, Done done, int flags) noexcept {
  return submit(Operation::recv,
                {.data = target.data(), .size = target.size(), .offset = static_cast<std::uint64_t>(flags)}, done);
}

Ticket IoRequest::send(std::span<const std::byte> source, Done done, int flags) noexcept {
  return submit(Operation::send,
                {.data = const_cast<std::byte*>(source.data()),
                 .size = source.size(),
                 .offset = static_cast<std::uint64_t>(flags)},
                done);
}

Ticket IoRequest::connect(const Address& to, Done done) noexcept {
  void* name = const_cast<sockaddr*>(to.data());
  return submit(Operation::connect, {.data = static_cast<std::byte*>(name), .size = to.size()}, done);
}

Ticket IoRequest::shutdown(Shutdown how, Done done) noexcept {
  return submit(Operation::shutdown, {.size = static_cast<std::size_t>(how)}, done);
}

Ticket IoRequest::fsync(Done done) noexcept {
  return submit(Operation::fsync, {}, done);
}

Ticket IoRequest::close(Done done) noexcept {
  return submit(Operation::close, {}, done);
}

std::optional<Result<std::size_t>> IoRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

OpenRequest::OpenRequest(Loop& loop) noexcept : ThreadedRequest(Access::core(loop), &OpenRequest::invoke) {}

OpenRequest::~OpenRequest() {
  if (settle() && result_ >= 0) Fd{static_cast<int>(result_)}.reset();
}

Action OpenRequest::invoke(Request& request) {
  auto& self = static_cast<OpenRequest&>(request);
  return detail::call<OpenRequest, Fd>(self.function_, self.context_, self, [&] { return self.take_result(); });
}

Result<Fd> OpenRequest::take_result() noexcept {
  if (result_ < 0) return std::unexpected(detail::to_error(operation_, result_));
  return Fd{static_cast<int>(result_)};
}

Ticket OpenRequest::open(const char* path, Options options, Done done) noexcept {
  if (core_ == nullptr) return no_loop();
  Ticket ticket;
  if (!core_->admit(*this, Operation::open, ticket)) return ticket;
  path_ = path;
  options_ = options;
  options_.flags |= O_CLOEXEC;
  function_ = detail::store(done);
  context_ = done.context;
  core_->launch(*this);
  return ticket;
}

std::optional<Result<Fd>> OpenRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

Nop::Nop(Loop& loop) noexcept : Request(Access::core(loop), &Nop::invoke) {}

Action Nop::invoke(Request& request) {
  auto& self = static_cast<Nop&>(request);
  return detail::call<Nop, void>(self.function_, self.context_, self,
                                 [&] { return detail::void_result(Operation::nop, self.result_); });
}

Ticket Nop::submit(Done done) noexcept {
  if (core_ == nullptr) return no_loop();
  Ticket ticket;
  if (!core_->admit(*this, Operation::nop, ticket)) return ticket;
  function_ = detail::store(done);
  context_ = done.context;
  core_->launch(*this);
  return ticket;
}

std::optional<Result<void>> Nop::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return detail::void_result(Operation::nop, result_);
}

}  // namespace evt
