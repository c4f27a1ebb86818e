/// BufferPool, Buffer and ReceiveRequest, and who waits for a buffer.
#include "loop/core.hpp"
#include "loop/outcome.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace evt {

using detail::Access;
using detail::Core;

BufferPool::BufferPool(Loop& loop, BufferPoolOptions options)
    : core_(Access::core(loop)),
      count_(std::clamp(options.count, 1U, 32'768U)),
      size_(std::max<std::size_t>(options.size, 1)),
      memory_(std::make_unique_for_overwrite<std::byte[]>(count_ * size_)),
      slots_(std::make_unique<Slot[]>(count_)) {
  if (core_ != nullptr) core_->join(*this);
}

BufferPool::~BufferPool() {
  if (core_ != nullptr) core_->leave(*this);
}

void Buffer::reset() noexcept {
  bytes_ = {};
  BufferPool* pool = std::exchange(pool_, nullptr);
  if (pool != nullptr) Core::give_back(*pool, id_);
}

ReceiveRequest::ReceiveRequest(File& file) noexcept : FileRequest(file, &ReceiveRequest::invoke) {}

ReceiveRequest::~ReceiveRequest() {
  if (settle()) (void)take_result();
}

Action ReceiveRequest::invoke(Request& request) {
  auto& self = static_cast<ReceiveRequest&>(request);
  return detail::call<ReceiveRequest, Buffer>(self.function_, self.context_, self, [&] { return self.take_result(); });
}

Result<Buffer> ReceiveRequest::take_result() noexcept {
  if (result_ < 0) [[unlikely]]
    return std::unexpected(detail::to_error(operation_, result_));
  if (result_ == 0) return Buffer{};
  return Access::make_buffer(*source_, buffer_, offset_in_buffer_, static_cast<std::size_t>(result_));
}

Ticket ReceiveRequest::receive(BufferPool& pool, Done done) noexcept {
  if (!idle()) return Access::refused(static_cast<std::int32_t>(detail::code_busy));
  pool_ = &pool;
  return submit(Operation::recv_pooled, {.size = pool.buffer_size()}, detail::store(done), done.context);
}

std::optional<Result<Buffer>> ReceiveRequest::cancel_sync() noexcept {
  if (!settle()) return std::nullopt;
  return take_result();
}

namespace detail {

void Core::join(BufferPool& pool) noexcept {
  pool.next_ = std::exchange(pools_, &pool);
  if (pool.next_ != nullptr) pool.next_->previous_ = &pool;
  list_free(pool);
  engine->adopt(pool);
}

/// In the child of a fork: what the kernel had of it is the parent's.
void Core::readopt(BufferPool& pool) noexcept {
  std::free(std::exchange(pool.ring_, nullptr));
  list_free(pool);
  engine->adopt(pool);
}

void Core::list_free(BufferPool& pool) noexcept {
  pool.free_ = BufferPool::none;
  for (unsigned id = pool.count_; id-- > 0;) {
    if (!pool.slots_[id].held) pool.slots_[id].next = std::exchange(pool.free_, static_cast<std::uint16_t>(id));
  }
}

void Core::leave(BufferPool& pool) noexcept {
  requests.for_each([&](Request& request) {
    if (request.state_ != Request::State::idle && Access::uses(request, pool)) settle(request);
  });
  if (!forked()) engine->release(pool);
  if (pool.next_ != nullptr) pool.next_->previous_ = pool.previous_;
  (pool.previous_ != nullptr ? pool.previous_->next_ : pools_) = pool.next_;
  pool.next_ = pool.previous_ = nullptr;
  pool.core_ = nullptr;
}

int Core::take_buffer(BufferPool& pool) noexcept {
  if (pool.free_ == BufferPool::none) return -1;
  const std::uint16_t id = std::exchange(pool.free_, pool.slots_[pool.free_].next);
  hold_buffer(pool, id);
  return id;
}

void Core::hold_buffer(BufferPool& pool, std::uint16_t id) noexcept {
  pool.slots_[id].held = true;
  ++pool.held_;
}

void Core::give_back(BufferPool& pool, std::uint16_t id) noexcept {
  pool.slots_[id].held = false;
  --pool.held_;
  if (pool.ring_ != nullptr) {
    pool.core_->engine->provide(pool, id);
  } else {
    pool.slots_[id].next = std::exchange(pool.free_, id);
  }
  if (pool.core_ != nullptr && !pool.starving_.empty()) pool.core_->feed(pool);
}

namespace {
/// Whether a receive has waited for a buffer, and one was promised to it.
std::size_t& called(Request& request) noexcept {
  return Access::vector_index(Access::io(request));
}
}  // namespace

void Core::starve(Request& request) noexcept {
  called(request) = 0;
  Access::pool(request)->starving_.push_back(request.hook_);
}

/// Others waited before `request` came, and what there is will be theirs.
bool Core::others_are_first(Request& request) noexcept {
  if (called(request) != 0) return false;
  const BufferPool& pool = *Access::pool(request);
  return !pool.starving_.empty() || (pool.promised_ > 0 && pool.available() <= pool.promised_);
}

/// As many requests as there are buffers go on, with the next pump(). One that then takes none leaves it to the next,
/// in the next turn.
void Core::feed(BufferPool& pool) noexcept {
  for (; pool.available() > pool.promised_ && !pool.starving_.empty(); ++pool.promised_) {
    Request& request = *pool.starving_.pop_front();
    called(request) = 1;
    request.state_ = Request::State::queued;
    starting_.push_back(request.hook_);
  }
}

/// Somebody waits for a buffer, and there is one.
bool Core::anyone_hungry() const noexcept {
  for (const BufferPool* pool = pools_; pool != nullptr; pool = pool->next_) {
    if (pool->available() > 0 && !pool->starving_.empty()) return true;
  }
  return false;
}

void Core::feed_pools() noexcept {
  for (BufferPool* pool = pools_; pool != nullptr; pool = pool->next_) {
    if (!pool->starving_.empty()) feed(*pool);
  }
}

}  // namespace detail

}  // namespace evt
