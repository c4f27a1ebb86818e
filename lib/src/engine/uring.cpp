/// The io_uring engine's operations: submit, cancel, and what completions mean. How the ring is made
/// and entered is in uring_ring.cpp.
#include "engine/uring.hpp"

#include "engine/nosignal.hpp"
#include "engine/socket_attempt.hpp"
#include "engine/splice_side.hpp"
#include "loop/operations.hpp"

#include <poll.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>

namespace evt::detail {

namespace {

/// Unlike poll(2) the ring tells of POLLRDHUP without being asked, for as long as it is so.
constexpr int unasked = POLLRDHUP;

/// ERESTARTSYS, which only the kernel should see: an interrupted open of a FIFO ends with it.
constexpr int restart_system_call = 512;

constexpr auto current_position = static_cast<std::uint64_t>(-1);
constexpr std::size_t most_bytes = 1U << 30;  // One operation's; lengths are 32 bits wide.

/// The request and 16 bits of its generation: a cancel never hits the next activation.
std::uint64_t key_of(const Request& request) noexcept {
  return reinterpret_cast<std::uint64_t>(&request) | request.generation() << 48;
}

Request* request_of(std::uint64_t key) noexcept {
  // The kernel carries numbers only. NOLINTNEXTLINE(performance-no-int-to-ptr)
  return reinterpret_cast<Request*>(key & ((std::uint64_t{1} << 48) - 1));
}

/// Served by what stays in the ring.
bool asks(Operation operation) noexcept {
  return operation == Operation::accept || operation == Operation::recv_pooled;
}

bool takes_input(Operation operation) noexcept {
  return (traits(operation).lane == Lane::read && operation != Operation::shutdown) || operation == Operation::splice;
}

bool tried_here(Operation operation) noexcept {
  return operation == Operation::splice || operation == Operation::shutdown || traits(operation).unit == Unit::messages;
}

bool polls(Operation operation) noexcept {
  return operation == Operation::readable || operation == Operation::writable;
}

bool is_socket(File& file) noexcept {
  const Access::Kind kind = Core::kind_of(file);
  return kind == Access::Kind::stream_socket || kind == Access::Kind::datagram_socket;
}

/// The ring ignores the offset of what has none, where pread(2) fails.
bool has_positions(File& file) noexcept {
  switch (Core::kind_of(file)) {
    case Access::Kind::pipe:
    case Access::Kind::stream_socket:
    case Access::Kind::datagram_socket:
    case Access::Kind::tty:
      return false;
    case Access::Kind::regular:
    case Access::Kind::memory_device:
    case Access::Kind::other:
    case Access::Kind::unknown:
      return true;
  }
  return true;
}

}  // namespace

void UringEngine::start(Request& request) {
  if (request.operation() != Operation::nop) return start_io(request);
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = submitted;
  io_uring_prep_nop(entry);
  io_uring_sqe_set_data64(entry, key_of(request));
}

void UringEngine::start_io(Request& request) {
  if (asks(request.operation())) return ask(request);
  if (takes_input(request.operation()) && Access::intake(*Access::file(request)).busy()) [[unlikely]]
    return read_beside(request);
  if (tried_here(request.operation())) return try_here(request);
  if (positional(request.operation()) && !has_positions(*Access::file(request))) {
    return core_->finish(request, -ESPIPE);
  }
  if (context_.disk_work == DiskWork::on_loop && on_loop(request)) return;
  if (in_ring_ == 0 && alone_and_cached(request)) return;
  submit(request);
}

void UringEngine::wait_for_room(Request& request) noexcept {
  Access::engine_flags(request) = kept_here;
  backlog_.push_back(Access::hook(request));
}

void UringEngine::submit(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = submitted;
  prepare(entry, request);
  io_uring_sqe_set_data64(entry, key_of(request));
  if (Access::file(request) != nullptr) ++in_ring_;
}

void UringEngine::prepare(io_uring_sqe* entry, Request& request) noexcept {
  switch (request.operation()) {
    case Operation::readable:
      return io_uring_prep_poll_add(entry, Access::fd(*Access::file(request)), POLLIN);
    case Operation::writable:
      return io_uring_prep_poll_add(entry, Access::fd(*Access::file(request)), POLLOUT);
    case Operation::fsync:
      return io_uring_prep_fsync(entry, Access::fd(*Access::file(request)), 0);
    case Operation::close:
      return io_uring_prep_close(entry, core_->surrender(*Access::file(request)));
    case Operation::open:
      return prepare_open(entry, Access::open(request));
    case Operation::read:
    case Operation::readv:
    case Operation::read_exact:
    case Operation::pread:
      return prepare_read(entry, Access::io(request));
    case Operation::write:
    case Operation::writev:
    case Operation::write_some:
    case Operation::pwrite:
      return prepare_write(entry, Access::io(request));
    case Operation::recv_pooled:
      io_uring_prep_read(entry, Access::fd(*Access::file(request)), nullptr,
                         static_cast<unsigned>(Access::size(Access::io(request))), current_position);
      entry->flags |= IOSQE_BUFFER_SELECT;
      entry->buf_group = static_cast<std::uint16_t>(Access::group(*Access::pool(request)));
      return;
    case Operation::connect:
    case Operation::accept:
    case Operation::recv:
    case Operation::send:
    case Operation::recvmsg:
    case Operation::sendmsg:
      return prepare_socket(entry, Access::io(request));
    case Operation::none:
    case Operation::nop:
    case Operation::splice:
    case Operation::shutdown:
    case Operation::recvmmsg:
    case Operation::sendmmsg:
    case Operation::timer:
    case Operation::wake:
    case Operation::work:
    case Operation::composed:
    case Operation::signal:
    case Operation::process:
      break;
  }
  io_uring_prep_nop(entry);
}

void UringEngine::prepare_open(io_uring_sqe* entry, OpenRequest& request) noexcept {
  const OpenRequest::Options& options = Access::options(request);
  io_uring_prep_openat(entry, options.directory, Access::path(request), options.flags, options.mode);
  // Tried inline the kernel adds O_NONBLOCK, and a FIFO would not wait for its other end.
  entry->flags |= IOSQE_ASYNC;
}

void UringEngine::prepare_read(io_uring_sqe* entry, FileRequest& request) noexcept {
  File& file = *Access::file(request);
  const int fd = Access::fd(file);
  if (request.operation() == Operation::readv) {
    const auto count = static_cast<unsigned>(std::min<std::size_t>(Access::size(request), IOV_MAX));
    return io_uring_prep_readv(entry, fd, Access::vectors(request), count, current_position);
  }
  const std::size_t done = Access::done(request);
  std::byte* const data = Access::data(request) + done;
  const std::size_t size = std::min(Access::size(request) - done, most_bytes);
  if (request.operation() == Operation::pread) {
    return io_uring_prep_read(entry, fd, data, static_cast<unsigned>(size), Access::offset(request) + done);
  }
  // A read of a socket with O_NONBLOCK would say EAGAIN instead of waiting.
  if (is_socket(file)) return io_uring_prep_recv(entry, fd, data, size, 0);
  io_uring_prep_read(entry, fd, data, static_cast<unsigned>(size), current_position);
}

void UringEngine::prepare_write(io_uring_sqe* entry, FileRequest& request) noexcept {
  File& file = *Access::file(request);
  const int fd = Access::fd(file);
  iovec part{};
  if (request.operation() == Operation::writev) {
    const std::span<const iovec> vectors = next_vectors(request, part);
    if (vectors.data() != &part) {
      io_uring_prep_writev(entry, fd, vectors.data(), static_cast<unsigned>(vectors.size()), current_position);
      return never_wait(entry, file);
    }
  } else {
    const std::size_t done = Access::done(request);
    part = {Access::data(request) + done, Access::size(request) - done};
  }
  const std::size_t size = std::min(part.iov_len, most_bytes);
  if (request.operation() == Operation::pwrite) {
    const std::uint64_t offset = Access::offset(request) + Access::done(request);
    io_uring_prep_write(entry, fd, part.iov_base, static_cast<unsigned>(size), offset);
  } else if (is_socket(file)) {
    return io_uring_prep_send(entry, fd, part.iov_base, size, send_flags(request, context_.broken_pipe));
  } else {
    io_uring_prep_write(entry, fd, part.iov_base, static_cast<unsigned>(size), current_position);
  }
  never_wait(entry, file);
}

/// Left to wait for room in a socket whose peer sends no more, the ring would spin, and not be cancelled either.
void UringEngine::never_wait(io_uring_sqe* entry, File& file) noexcept {
  if (nosignal_) entry->rw_flags = RWF_NOSIGNAL;
  if (is_socket(file) && Access::nowait(file)) entry->rw_flags |= RWF_NOWAIT;
}

void UringEngine::prepare_socket(io_uring_sqe* entry, FileRequest& request) noexcept {
  const int fd = Access::fd(*Access::file(request));
  const Operation operation = request.operation();
  const auto flags = static_cast<unsigned>(Access::flags(request));
  if (operation == Operation::accept) return io_uring_prep_accept(entry, fd, nullptr, nullptr, accept_flags);
  if (operation == Operation::recvmsg) {
    return io_uring_prep_recvmsg(entry, fd, next_message(Access::message(request)), flags);
  }
  if (operation == Operation::sendmsg) {
    const auto all_flags = static_cast<unsigned>(send_flags(request, context_.broken_pipe));
    return io_uring_prep_sendmsg(entry, fd, next_message(Access::message(request)), all_flags);
  }
  std::byte* const data = Access::data(request) + Access::done(request);
  const std::size_t size = std::min(Access::size(request) - Access::done(request), most_bytes);
  if (operation == Operation::recv) {
    // Where the last one left nothing, trying first would be in vain.
    io_uring_prep_recv(entry, fd, data, size, static_cast<int>(flags));
    if (!Access::readiness(*Access::file(request), Direction::read).maybe) entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
    return;
  }
  if (operation == Operation::send) {
    return io_uring_prep_send(entry, fd, data, size, send_flags(request, context_.broken_pipe));
  }
  io_uring_prep_connect(entry, fd, reinterpret_cast<const sockaddr*>(data), static_cast<socklen_t>(size));
}

/// Operations that the ring hands to a worker thread, at 2.6 times the cost (splice, shutdown), or does not have: tried
/// right here, with polls.
void UringEngine::try_here(Request& request) {
  const bool splices = request.operation() == Operation::splice;
  if (splices) {
    if (const Gate gate = expected_gate(request); gate.file != nullptr) return wait_for(request, gate);
  }
  const std::size_t wanted = asked(request);
  const std::int64_t result = attempt(request, context_);
  if (result == code_no_buffer) {
    Access::engine_flags(request) = kept_here;
    core_->starve(request);
  } else if (result == -EAGAIN) {
    const Gate gate = gate_of(request, context_);
    if (splices) remember_side(request, gate);
    wait_for(request, gate);
  } else {
    if (splices) note_splice(request, result, wanted);
    core_->finish(request, result);
  }
  core_->statistics.kernel_entries += std::exchange(context_.system_calls, 0);
}

/// Regular files, where the loop may wait for the disk: cheaper than a trip through the ring.
bool UringEngine::on_loop(Request& request) {
  if (!transfers(request.operation()) || Core::kind_of(*Access::file(request)) != Access::Kind::regular) {
    return false;
  }
  const std::int64_t result = attempt(request, context_);
  core_->statistics.kernel_entries += std::exchange(context_.system_calls, 0);
  core_->finish(request, result);
  return true;
}

/// A read of a file while nothing else goes on: where it is cached, two thirds of what the ring costs. In company the
/// ring is cheaper, as one call submits them all.
bool UringEngine::alone_and_cached(Request& request) {
  if (traits(request.operation()).moves != Moves::in || !core_->quiet()) return false;
  File& file = *Access::file(request);
  if (Core::kind_of(file) != Access::Kind::regular || !Access::nowait(file)) return false;
  const std::int64_t result = attempt(request, context_);
  core_->statistics.kernel_entries += std::exchange(context_.system_calls, 0);
  if (result == code_needs_pool) return false;
  core_->finish(request, result);
  return true;
}

void UringEngine::wait_for(Request& request, Gate gate) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = polling;
  const unsigned events = gate.direction == Direction::read ? POLLIN : POLLOUT;
  io_uring_prep_poll_add(entry, Access::fd(*gate.file), events);
  io_uring_sqe_set_data64(entry, key_of(request));
  ++in_ring_;
}

/// A poll that stays, where one that does not would tell of POLLRDHUP at once, again and again.
void UringEngine::watch(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = watching;
  const Gate gate = gate_of(request, context_);
  io_uring_prep_poll_multishot(entry, Access::fd(*gate.file), gate.direction == Direction::read ? POLLIN : POLLOUT);
  io_uring_sqe_set_data64(entry, key_of(request));
  ++in_ring_;
}

void UringEngine::on_watch(Request& request, const io_uring_cqe& completion) {
  if ((completion.flags & IORING_CQE_F_MORE) == 0) {
    Access::hook(request).unlink();  // From dying_.
    return Access::cancel_requested(request) ? core_->finish(request, -ECANCELED) : try_again(request);
  }
  if (Access::engine_flags(request) == unwatching || (completion.res & ~unasked) == 0) return;
  Access::engine_flags(request) = unwatching;
  if (!Access::cancel_requested(request)) abort(request);
}

void UringEngine::try_again(Request& request) {
  if (asks(request.operation())) return ask(request);
  if (!tried_here(request.operation())) return submit(request);
  if (request.operation() == Operation::splice) expect_no_wait(request);
  try_here(request);
}

void UringEngine::on_poll(Request& request, int result, bool canceled) {
  if (result < 0 || canceled) return core_->finish(request, result < 0 ? result : -ECANCELED);
  return (result & ~unasked) == 0 ? watch(request) : try_again(request);
}

void UringEngine::on_result(Request& request, const io_uring_cqe& completion) {
  const std::uint8_t phase = Access::engine_flags(request);
  if (phase == watching || phase == unwatching) return on_watch(request, completion);
  int result = completion.res;
  const bool canceled = Access::cancel_requested(request);
  if (canceled) Access::hook(request).unlink();  // From dying_.
  if (phase == polling) return on_poll(request, result, canceled);
  if (request.operation() == Operation::recv_pooled && !took_buffer(request, completion)) return;
  if (!canceled && (transfers(request.operation()) || request.operation() == Operation::accept)) {
    // A description with O_NONBLOCK of its own, or a socket: the ring does not wait for those.
    if (result == -EAGAIN) return wait_for(request, gate_of(request, context_));
    if (result == -EOPNOTSUPP && std::exchange(Access::nowait(*Access::file(request)), false)) return submit(request);
  }
  if (request.operation() == Operation::recv && result > 0) {
    Access::readiness(*Access::file(request), Direction::read).maybe =
        (completion.flags & IORING_CQE_F_SOCK_NONEMPTY) != 0;
  }
  if (result == -restart_system_call) result = -EINTR;
  if (request.operation() == Operation::accept) Access::intake(*Access::file(request)).repeats = result >= 0;
  if (result > 0 && polls(request.operation())) {
    result &= ~unasked;
    if (result == 0 && !canceled) return watch(request);
  }
  core_->finish(request, result);
}

std::size_t UringEngine::reap() {
  if (host_.load(std::memory_order_relaxed) >= 0) [[unlikely]]
    empty_host();
  const io_uring_cqe* const completions = ring_.cq.cqes;
  const unsigned mask = ring_.cq.ring_mask;
  const unsigned head = *ring_.cq.khead;
  const unsigned tail = io_uring_smp_load_acquire(ring_.cq.ktail);
  for (unsigned index = head; index != tail; ++index) {
    const io_uring_cqe& completion = completions[index & mask];
    if ((completion.user_data & key_bits) != 0) {
      const bool ended = (completion.flags & IORING_CQE_F_MORE) == 0;
      if ((completion.user_data & key_bits) == key_of_file) {
        on_intake(completion);
      } else if (completion.user_data == key_of_event && ended) {
        watching_event_ = false;
      }
      continue;
    }
    Request& request = *request_of(completion.user_data);
    assert(key_of(request) == completion.user_data);
    if (completion.res >= 0 && Access::file(request) == nullptr && !Access::cancel_requested(request)) {
      core_->finish(request, completion.res);
    } else {
      if (Access::file(request) != nullptr && (completion.flags & IORING_CQE_F_MORE) == 0) --in_ring_;
      on_result(request, completion);
    }
  }
  if (head != tail) io_uring_cq_advance(&ring_, tail - head);
  return tail - head;
}

void UringEngine::abort(Request& request) {
  if (Access::engine_flags(request) == kept_here) {
    Access::hook(request).unlink();
    return core_->finish(request, -ECANCELED);
  }
  if (!cancel(request)) dying_.push_back(Access::hook(request));
}

bool UringEngine::cancel(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return false;
  io_uring_prep_cancel64(entry, key_of(request), 0);
  io_uring_sqe_set_data64(entry, key_of_cancel);
  return true;
}

/// The cancellation goes with the same enter that waits for its effect. IORING_REGISTER_SYNC_CANCEL
/// would be a call more, and the completion has to be reaped all the same.
void UringEngine::await_end(Request& request) {
  begin();
  for (reap(); request.state() != Request::State::ready; reap()) {
    if (Access::hook(request).linked() && cancel(request)) Access::hook(request).unlink();
    enter(Access::hook(request).linked() ? 0 : 1, nullptr);
  }
}

}  // namespace evt::detail
