/// The io_uring engine's operations: submit, cancel, and what completions mean. How the ring is made
/// and entered is in uring_ring.cpp.
#include "engine/uring.hpp"

#include "engine/nosignal.hpp"
#include "engine/splice_side.hpp"
#include "loop/operations.hpp"

#include <poll.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>

namespace evt::detail {

namespace {

/// What a request is doing in this engine, in Access::engine_flags.
enum Phase : std::uint8_t {
  submitted,   // Its own operation is in the ring.
  polling,     // A poll is, and the operation is tried again after it.
  backlogged,  // Nothing is: the submission queue was full.
  watching,    // A poll that stays is, until it tells more than POLLRDHUP.
  unwatching,  // Its end was asked for; the operation is tried again after it.
};

/// Unlike poll(2) the ring tells of POLLRDHUP without being asked, for as long as it is so.
constexpr int unasked = POLLRDHUP;

/// ERESTARTSYS, which only the kernel should see: an interrupted open of a FIFO ends with it.
constexpr int restart_system_call = 512;

constexpr std::size_t most_bytes = 1U << 30;  // One operation's; lengths are 32 bits wide.

/// The request and 16 bits of its generation: a cancel never hits the next activation.
std::uint64_t key_of(const Request& request) noexcept {
  return reinterpret_cast<std::uint64_t>(&request) | request.generation() << 48;
}

Request* request_of(std::uint64_t key) noexcept {
  // The kernel carries numbers only. NOLINTNEXTLINE(performance-no-int-to-ptr)
  return reinterpret_cast<Request*>(key & ((std::uint64_t{1} << 48) - 1));
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
  if (request.operation() == Operation::splice) return splice(request);
  if (positional(request.operation()) && !has_positions(*Access::file(request))) {
    return core_->finish(request, -ESPIPE);
  }
  if (context_.disk_work == DiskWork::on_loop && on_loop(request)) return;
  submit(request);
}

void UringEngine::wait_for_room(Request& request) noexcept {
  Access::engine_flags(request) = backlogged;
  backlog_.push_back(Access::hook(request));
}

void UringEngine::submit(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = submitted;
  prepare(entry, request);
  io_uring_sqe_set_data64(entry, key_of(request));
}

void UringEngine::prepare(io_uring_sqe* entry, Request& request) noexcept {
  switch (request.operation()) {
    case Operation::readable:
      io_uring_prep_poll_add(entry, Access::fd(*Access::file(request)), POLLIN);
      return;
    case Operation::writable:
      io_uring_prep_poll_add(entry, Access::fd(*Access::file(request)), POLLOUT);
      return;
    case Operation::fsync:
      io_uring_prep_fsync(entry, Access::fd(*Access::file(request)), 0);
      return;
    case Operation::close:
      io_uring_prep_close(entry, core_->surrender(*Access::file(request)));
      return;
    case Operation::open: {
      const OpenRequest& open = Access::open(request);
      const OpenRequest::Options& options = Access::options(open);
      io_uring_prep_openat(entry, options.directory, Access::path(open), options.flags, options.mode);
      // Tried inline the kernel adds O_NONBLOCK, and a FIFO would not wait for its other end.
      entry->flags |= IOSQE_ASYNC;
      return;
    }
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
      prepare_transfer(entry, Access::io(request));
      return;
  }
}

void UringEngine::prepare_transfer(io_uring_sqe* entry, FileRequest& request) noexcept {
  const int fd = Access::fd(*Access::file(request));
  const std::size_t done = Access::done(request);
  std::byte* data = Access::data(request) + done;
  auto size = static_cast<unsigned>(std::min(Access::size(request) - done, most_bytes));
  constexpr auto current = static_cast<std::uint64_t>(-1);
  switch (request.operation()) {
    case Operation::read:
    case Operation::read_exact:
      io_uring_prep_read(entry, fd, data, size, current);
      return;
    case Operation::pread:
      io_uring_prep_read(entry, fd, data, size, Access::offset(request) + done);
      return;
    case Operation::readv:
      size = static_cast<unsigned>(std::min<std::size_t>(Access::size(request), IOV_MAX));
      io_uring_prep_readv(entry, fd, Access::vectors(request), size, current);
      return;
    case Operation::pwrite:
      io_uring_prep_write(entry, fd, data, size, Access::offset(request) + done);
      break;
    case Operation::writev: {
      iovec scratch;
      const std::span<const iovec> vectors = next_vectors(request, scratch);
      if (vectors.data() == &scratch) {
        io_uring_prep_write(entry, fd, scratch.iov_base, static_cast<unsigned>(std::min(scratch.iov_len, most_bytes)),
                            current);
      } else {
        io_uring_prep_writev(entry, fd, vectors.data(), static_cast<unsigned>(vectors.size()), current);
      }
      break;
    }
    case Operation::write:
    case Operation::write_some:
    case Operation::none:
    case Operation::nop:
    case Operation::readable:
    case Operation::writable:
    case Operation::splice:
    case Operation::fsync:
    case Operation::close:
    case Operation::open:
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
      io_uring_prep_write(entry, fd, data, size, current);
      break;
  }
  if (nosignal_) entry->rw_flags = RWF_NOSIGNAL;
  // Left to wait for room in a socket whose peer sends no more, the ring would spin, and not be cancelled either.
  if (is_socket(*Access::file(request)) && Access::nowait(*Access::file(request))) entry->rw_flags |= RWF_NOWAIT;
}

/// IORING_OP_SPLICE is punted to a worker thread at 2.6 times the cost: splice(2), and polls.
void UringEngine::splice(Request& request) {
  if (const Gate gate = expected_gate(request); gate.file != nullptr) return wait_for(request, gate);
  const std::size_t wanted = asked(request);
  const std::int64_t result = try_splice(Access::io(request), context_);
  if (result == -EAGAIN) {
    const Gate gate = gate_of(request, context_);
    remember_side(request, gate);
    wait_for(request, gate);
  } else {
    note_splice(request, result, wanted);
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

void UringEngine::wait_for(Request& request, Gate gate) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = polling;
  const unsigned events = gate.direction == Direction::read ? POLLIN : POLLOUT;
  io_uring_prep_poll_add(entry, Access::fd(*gate.file), events);
  io_uring_sqe_set_data64(entry, key_of(request));
}

/// A poll that stays, where one that does not would tell of POLLRDHUP at once, again and again.
void UringEngine::watch(Request& request) noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return wait_for_room(request);
  Access::engine_flags(request) = watching;
  const Gate gate = gate_of(request, context_);
  io_uring_prep_poll_multishot(entry, Access::fd(*gate.file), gate.direction == Direction::read ? POLLIN : POLLOUT);
  io_uring_sqe_set_data64(entry, key_of(request));
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
  if (request.operation() != Operation::splice) return submit(request);
  expect_no_wait(request);
  splice(request);
}

void UringEngine::on_result(Request& request, const io_uring_cqe& completion) {
  const std::uint8_t phase = Access::engine_flags(request);
  if (phase == watching || phase == unwatching) return on_watch(request, completion);
  int result = completion.res;
  const bool canceled = Access::cancel_requested(request);
  if (canceled) Access::hook(request).unlink();  // From dying_.
  if (phase == polling) {
    if (result < 0 || canceled) return core_->finish(request, result < 0 ? result : -ECANCELED);
    return (result & ~unasked) == 0 ? watch(request) : try_again(request);
  }
  if (!canceled && transfers(request.operation())) {
    // A description with O_NONBLOCK of its own, or a socket: the ring does not wait for those.
    if (result == -EAGAIN) return wait_for(request, gate_of(request, context_));
    if (result == -EOPNOTSUPP && std::exchange(Access::nowait(*Access::file(request)), false)) return submit(request);
  }
  if (result == -restart_system_call) result = -EINTR;
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
    if (completion.user_data <= key_of_event) [[unlikely]] {
      const bool ended = (completion.flags & IORING_CQE_F_MORE) == 0;
      if (completion.user_data == key_of_event && ended) watching_event_ = false;
      continue;
    }
    Request& request = *request_of(completion.user_data);
    assert(key_of(request) == completion.user_data);
    if (completion.res >= 0 && Access::file(request) == nullptr && !Access::cancel_requested(request)) {
      core_->finish(request, completion.res);
    } else {
      on_result(request, completion);
    }
  }
  if (head != tail) io_uring_cq_advance(&ring_, tail - head);
  return tail - head;
}

void UringEngine::abort(Request& request) {
  if (Access::engine_flags(request) == backlogged) {
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

void UringEngine::forget(File&) noexcept {}

}  // namespace evt::detail
