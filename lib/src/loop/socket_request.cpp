/// AcceptRequest, MessageRequest and BatchRequest: from the typed calls to the core and back.
#include "loop/core.hpp"
#include "loop/outcome.hpp"

namespace evt {

using detail::Access;

namespace {
Ticket refused_busy() noexcept {
  return Access::refused(static_cast<std::int32_t>(detail::code_busy));
}
}  // namespace

AcceptRequest::AcceptRequest(File& file) noexcept : FileRequest(file, &AcceptRequest::invoke) {}

AcceptRequest::~AcceptRequest() {
  if (settle() && result_ >= 0) Fd{static_cast<int>(result_)}.reset();
}

Action AcceptRequest::invoke(Request& request) {
  auto& self = static_cast<AcceptRequest&>(request);
  return detail::call<AcceptRequest, Fd>(self.function_, self.context_, self, [&] { return self.take_result(); });
}

Result<Fd> AcceptRequest::take_result() noexcept {
  if (result_ < 0) [[unlikely]]
    return std::unexpected(detail::to_error(operation_, result_));
  return Fd{static_cast<int>(result_)};
}

Ticket AcceptRequest::accept(Done done) noexcept {
  return submit(Operation::accept, {}, detail::store(done), done.context);
}

std::optional<Result<Fd>> AcceptRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

MessageRequest::MessageRequest(File& file) noexcept : FileRequest(file, &MessageRequest::invoke) {}

Action MessageRequest::invoke(Request& request) {
  auto& self = static_cast<MessageRequest&>(request);
  return detail::call<MessageRequest, std::size_t>(self.function_, self.context_, self,
                                                   [&] { return self.take_result(); });
}

Result<std::size_t> MessageRequest::take_result() noexcept {
  if (from_ != nullptr) from_->set_size(own_.msg_namelen);
  if (result_ < 0) [[unlikely]]
    return std::unexpected(detail::to_error(operation_, result_));
  return static_cast<std::size_t>(result_);
}

Ticket MessageRequest::submit_message(Operation operation, Done done, int flags) noexcept {
  return submit(operation,
                {.vectors = given_->msg_iov, .size = given_->msg_iovlen, .offset = static_cast<std::uint64_t>(flags)},
                detail::store(done), done.context);
}

void MessageRequest::set_own(void* name, socklen_t name_size, iovec vector) noexcept {
  vector_ = vector;
  own_ = {};
  own_.msg_name = name;
  own_.msg_namelen = name_size;
  own_.msg_iov = &vector_;
  own_.msg_iovlen = 1;
  given_ = &own_;
}

Ticket MessageRequest::recvmsg(msghdr& message, Done done, int flags) noexcept {
  if (!idle()) return refused_busy();
  given_ = &message;
  from_ = nullptr;
  return submit_message(Operation::recvmsg, done, flags);
}

Ticket MessageRequest::recvfrom(std::span<std::byte> target, Address& from, Done done, int flags) noexcept {
  if (!idle()) return refused_busy();
  set_own(from.data(), Address::capacity, {target.data(), target.size()});
  from_ = &from;
  return submit_message(Operation::recvmsg, done, flags);
}

Ticket MessageRequest::sendmsg(const msghdr& message, Done done, int flags) noexcept {
  if (!idle()) return refused_busy();
  given_ = const_cast<msghdr*>(&message);
  from_ = nullptr;
  return submit_message(Operation::sendmsg, done, flags);
}

Ticket MessageRequest::sendto(std::span<const std::byte> source, const Address& to, Done done, int flags) noexcept {
  if (!idle()) return refused_busy();
  set_own(const_cast<sockaddr*>(to.data()), to.size(), {const_cast<std::byte*>(source.data()), source.size()});
  from_ = nullptr;
  return submit_message(Operation::sendmsg, done, flags);
}

int MessageRequest::flags() const noexcept {
  return operation() == Operation::recvmsg ? given_->msg_flags : 0;
}

std::optional<Result<std::size_t>> MessageRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

BatchRequest::BatchRequest(File& file) noexcept : FileRequest(file, &BatchRequest::invoke) {}

Action BatchRequest::invoke(Request& request) {
  auto& self = static_cast<BatchRequest&>(request);
  return detail::call<BatchRequest, std::size_t>(self.function_, self.context_, self,
                                                 [&] { return self.take_result(); });
}

Result<std::size_t> BatchRequest::take_result() noexcept {
  if (result_ < 0) [[unlikely]]
    return std::unexpected(detail::to_error(operation_, result_));
  return static_cast<std::size_t>(result_);
}

Ticket BatchRequest::recv(std::span<mmsghdr> messages, Done done, int flags) noexcept {
  return submit(Operation::recvmmsg,
                {.messages = messages.data(), .size = messages.size(), .offset = static_cast<std::uint64_t>(flags)},
                detail::store(done), done.context);
}

Ticket BatchRequest::send(std::span<mmsghdr> messages, Done done, int flags) noexcept {
  return submit(Operation::sendmmsg,
                {.messages = messages.data(), .size = messages.size(), .offset = static_cast<std::uint64_t>(flags)},
                detail::store(done), done.context);
}

std::optional<Result<std::size_t>> BatchRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

}  // namespace evt
