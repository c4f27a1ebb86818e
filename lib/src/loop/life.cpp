/// The life of a request: idle → queued → in_flight → (canceling) → ready → idle.
#include "loop/access.hpp"
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <cassert>
#include <cerrno>

namespace evt::detail {

using State = Request::State;

namespace {

/// The result of `io` after an attempt moved `count` bytes, or `unfinished`.
constexpr std::int64_t unfinished = INT64_MIN;

std::size_t total_size(const iovec* vectors, std::size_t index, std::size_t count) noexcept {
  std::size_t sum = 0;
  for (; index < count; ++index)
    sum += vectors[index].iov_len;
  return sum;
}

/// Nothing came although something was asked for.
bool means_eof(FileRequest& io) noexcept {
  const std::size_t size = Access::size(io);
  const bool vectors = traits(io.operation()).unit == Unit::vectors;
  if (vectors ? total_size(Access::vectors(io), 0, size) == 0 : size == 0) return false;
  if (positional(io.operation()) || io.operation() == Operation::splice) return true;
  return Core::kind_of(*Access::file(io)) != Access::Kind::datagram_socket;
}

}  // namespace

bool Core::admit(Request& request, Operation operation, Ticket& ticket) noexcept {
  if (request.state_ != State::idle) [[unlikely]] {
    ticket.refusal_ = static_cast<std::int32_t>(code_busy);
    return false;
  }
  if (request.slot_ == 0) [[unlikely]] {
    request.slot_ = requests.insert(&request);
    if (request.slot_ == 0) {
      ticket.refusal_ = -ENOMEM;
      return false;
    }
  }
  request.operation_ = operation;
  request.state_ = State::queued;
  request.cancel_requested_ = false;
  request.generation_ = ++generation_;
  active_ += request.referenced_ ? 1 : 0;
  ticket.generation_ = request.generation_;
  ticket.slot_ = request.slot_;
  if (options.observer != nullptr && !request.internal_) [[unlikely]]
    observe_submission(request);
  return true;
}

void Core::launch(Request& request) noexcept {
  request.state_ = State::in_flight;
  engine->start(request);
}

/// Steps over the vectors that `count` more bytes filled.
void Core::advance_vectors(FileRequest& io, std::size_t count) noexcept {
  io.done_ += count;
  std::size_t left = count;
  while (io.vector_index_ < io.size_ && left >= io.vectors_[io.vector_index_].iov_len - io.vector_offset_) {
    left -= io.vectors_[io.vector_index_].iov_len - io.vector_offset_;
    ++io.vector_index_;
    io.vector_offset_ = 0;
  }
  io.vector_offset_ += left;
}

/// Adds up an attempt's bytes; says the final result, or `unfinished` when more is to be done.
std::int64_t Core::progress(FileRequest& io, std::int64_t result) noexcept {
  const OperationTraits& kind = traits(io.operation_);
  const auto count = static_cast<std::size_t>(result);
  switch (kind.over) {
    case Over::part:
      if (kind.moves != Moves::nothing) io.done_ = count;
      return result;
    case Over::part_or_eof:
      io.done_ = count;
      return count == 0 && means_eof(io) ? code_eof : result;
    case Over::whole:
      break;
  }
  if (kind.unit == Unit::vectors) {
    advance_vectors(io, count);
    if (io.vector_index_ == io.size_) return static_cast<std::int64_t>(io.done_);
  } else {
    io.done_ += count;
    if (io.done_ == io.size_) return static_cast<std::int64_t>(io.done_);
  }
  if (count > 0) return unfinished;
  return kind.moves == Moves::in ? code_eof : -EIO;  // A device that takes nothing would spin us.
}

void Core::finish_attempt(Request& request, std::int64_t result) noexcept {
  assert(request.state_ == State::in_flight || request.state_ == State::canceling);
  if (result >= 0 && request.on_file_) {
    result = progress(static_cast<FileRequest&>(request), result);
  } else if (result == -EINTR && !request.cancel_requested_) {
    result = unfinished;
  }
  if (request.cancel_requested_ && (result == unfinished || result == -EINTR || result == -EAGAIN)) {
    result = -ECANCELED;
  }
  if (result == unfinished) {
    // The rest in the next turn: nothing recurses and a fast peer starves nobody.
    request.state_ = State::queued;
    starting_.push_back(request.hook_);
    return;
  }
  if (request.on_file_) leave_queues(request);
  complete(request, result);
}

void Core::cancel(Request& request) noexcept {
  switch (request.state_) {
    case State::idle:
    case State::ready:
    case State::canceling:
      return;
    case State::queued:
      if (request.operation_ == Operation::close) return;
      request.cancel_requested_ = true;
      request.hook_.unlink();
      if (request.on_file_) leave_queues(request);
      complete(request, -ECANCELED);
      return;
    case State::in_flight:
      break;
  }
  request.cancel_requested_ = true;
  if (request.operation_ == Operation::close) return;
  switch (traits(request.operation_).home) {
    case Home::timers:
      remove_timer(static_cast<Timer&>(request));
      return complete(request, -ECANCELED);
    case Home::wakes:
      return complete(request, -ECANCELED);
    case Home::pool:
      if (static_cast<Work&>(request).pool_->remove(request)) return complete(request, -ECANCELED);
      request.state_ = State::canceling;
      return;
    case Home::engine:
      request.state_ = State::canceling;
      engine->abort(request);
      return;
    case Home::composed:
      return cancel_composed(static_cast<Composed&>(request));
  }
}

bool Core::settle(Request& request) noexcept {
  if (request.state_ == State::idle) return false;
  if (traits(request.operation_).home == Home::composed) settle_composed(static_cast<Composed&>(request));
  if (forked()) {
    // What the kernel shares with the parent is not ours to cancel.
    if (traits(request.operation_).home == Home::timers) remove_timer(static_cast<Timer&>(request));
    request.hook_.unlink();
    if (request.on_file_ && request.state_ != State::ready) leave_queues(request);
    idle(request);
    return false;
  }
  cancel(request);
  while (request.state_ != State::ready) {
    if (traits(request.operation_).home == Home::pool) {
      wait_for_pool(request);
    } else if (request.state_ == State::queued) {
      engine->wait(nanoseconds::zero());  // A close that waits for others.
      drain_remote();
      pump();
    } else {
      engine->await_end(request);
    }
  }
  request.hook_.unlink();
  idle(request);
  return request.result_ != -ECANCELED;
}

void Core::wait_for_pool(Request& request) noexcept {
  while (!static_cast<Work&>(request).pool_->wait_briefly(request)) {
  }
  while (request.state_ != State::ready)
    drain_remote();  // Its last step is to push itself.
}

void Core::start_work(Work& work) noexcept {
  work.state_ = State::in_flight;
  if (const int error = work.pool_->submit(work, &Core::run_work); error != 0) complete(work, -error);
  ++statistics.pool_jobs;
}

void Core::resubmit(Request& request) noexcept {
  if (request.state_ != State::idle) return;  // Submitted again inside the callback: that stands.
  if (request.core_ == nullptr) return;       // Its file went in the callback.
  Ticket ticket;
  if (!admit(request, request.operation_, ticket)) return;
  if (request.on_file_) return enqueue(static_cast<FileRequest&>(request));
  if (request.operation_ == Operation::nop) return launch(request);
  switch (traits(request.operation_).home) {
    case Home::timers:
      return rearm_timer(static_cast<Timer&>(request));
    case Home::wakes:
      return start_wake(static_cast<Wake&>(request));
    case Home::pool:
      return start_work(static_cast<Work&>(request));
    case Home::engine:
      return launch(request);
    case Home::composed:
      return start_composed(static_cast<Composed&>(request));
  }
}

void Core::observe_submission(const Request& request) noexcept {
  if (submitted_.size() <= request.slot_) submitted_.resize(std::size_t{request.slot_} * 2);
  submitted_[request.slot_] = engine->clock(Clock::monotonic);
  options.observer->submitted({request.operation_, request.generation_, request.on_file_ ? file_of(request).fd_ : -1,
                               submitted_[request.slot_], nanoseconds::zero(), 0});
}

void Core::observe_completion(const Request& request) noexcept {
  const std::int64_t result = request.result_ == code_eof ? 0 : request.result_;
  options.observer->completed({request.operation_, request.generation_, request.on_file_ ? file_of(request).fd_ : -1,
                               submitted_[request.slot_], engine->clock(Clock::monotonic), result});
}

}  // namespace evt::detail
