/// The epoll engine's operations: start, park, cancel. How it sleeps is in epoll_wait.cpp.
#include "engine/epoll.hpp"

#include "engine/blocking.hpp"
#include "engine/splice_side.hpp"
#include "loop/operations.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace evt::detail {

namespace {

/// What a request is doing in this engine, in Access::engine_flags.
enum Place : std::uint8_t { nowhere, parked, pooled, starving };

/// Not so: what has a position does not wait for the stream, a connect makes the next edge itself, a shutdown never
/// waits.
bool waits_for_edges(Operation operation) noexcept {
  return !positional(operation) && operation != Operation::connect && operation != Operation::shutdown;
}

}  // namespace

Result<std::unique_ptr<Engine>> EpollEngine::create(const LoopOptions& options) {
  Fd epoll{epoll_create1(EPOLL_CLOEXEC)};
  if (!epoll) return std::unexpected(errno_error("epoll_create1", errno));
  Fd event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event) return std::unexpected(errno_error("eventfd", errno));
  // Never read: each write is a new edge.
  epoll_event wanted{EPOLLIN | EPOLLET, {.u64 = event_key}};
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.get(), &wanted) != 0) {
    return std::unexpected(errno_error("epoll_ctl", errno));
  }
  return std::make_unique<EpollEngine>(options, std::move(epoll), std::move(event));
}

EpollEngine::EpollEngine(const LoopOptions& options, Fd epoll, Fd event)
    : epoll_(std::move(epoll)), event_(std::move(event)), events_(std::max(options.entries, 1U)) {
  context_.broken_pipe = options.broken_pipe;
  context_.disk_work = options.disk_work;
}

void EpollEngine::start(Request& request) {
  Access::engine_flags(request) = nowhere;
  switch (request.operation()) {
    case Operation::nop:
      core_->finish(request, 0);
      return;
    case Operation::close:
      ++core_->statistics.kernel_entries;
      core_->finish(request, close(core_->surrender(*Access::file(request))) == 0 ? 0 : -errno);
      return;
    case Operation::fsync:
    case Operation::open:
      offload(request);
      return;
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
  File& file = *Access::file(request);
  if (request.operation() == Operation::splice) {
    // The last one came short: ask by level whether there is more, instead of trying in vain.
    if (const Gate gate = expected_gate(request); gate.file != nullptr) return park(request, gate, Trigger::level);
  } else if (Access::blocking_only(file)) {
    return offload(request);
  } else if (waits_for_edges(request.operation())) {
    const Gate gate = gate_of(request, context_);
    if (!Access::readiness(file, gate.direction).maybe) return park(request, gate, Trigger::edge);
  }
  try_now(request);
}

void EpollEngine::try_now(Request& request) {
  const std::size_t wanted = asked(request);
  std::int64_t result = attempt(request, context_);
  if (result == code_needs_pool) return offload(request);
  if (result == code_no_buffer) {
    Access::engine_flags(request) = starving;
    return core_->starve(request);
  }
  const bool splices = request.operation() == Operation::splice;
  if (result == -EAGAIN) {
    const Gate gate = gate_of(request, context_);
    Access::readiness(*gate.file, gate.direction).maybe = false;
    if (splices) remember_side(request, gate);
    park(request, gate, splices ? Trigger::level : Trigger::edge);
  } else {
    if (splices) {
      note_splice(request, result, wanted);
    } else if (result >= 0 && static_cast<std::size_t>(result) < wanted && short_means_dry(request)) {
      const Gate gate = gate_of(request, context_);
      Access::Readiness& side = Access::readiness(*gate.file, gate.direction);
      if (!side.sticky) side.maybe = false;
    }
    core_->finish(request, result);
  }
  core_->statistics.kernel_entries += std::exchange(context_.system_calls, 0);
}

/// The request waits for its gate. A file that epoll cannot wait for goes to the pool.
void EpollEngine::park(Request& request, Gate gate, Trigger trigger) {
  Access::readiness(*gate.file, gate.direction).parked.push_back(Access::hook(request));
  Access::engine_flags(request) = parked;
  ++parked_;
  const int error = watch(*gate.file, trigger);
  if (error == 0) return;
  unpark(request);
  if (error != EPERM) return core_->finish(request, -error);
  if (request.operation() != Operation::splice) return offload(request);
  expect_no_wait(request);  // Always ready: try, and report what that says.
  core_->finish(request, attempt(request, context_));
}

void EpollEngine::unpark(Request& request) noexcept {
  Access::hook(request).unlink();
  Access::engine_flags(request) = nowhere;
  --parked_;
}

int EpollEngine::control(int operation, File& file, std::uint32_t mask) noexcept {
  const std::uint32_t slot = Access::registration(file);
  epoll_event event{mask, {.u64 = std::uint64_t{generations_[slot]} << 32 | slot}};
  ++core_->statistics.kernel_entries;
  if (epoll_ctl(epoll_.get(), operation, Access::watched_fd(file), &event) != 0) return errno;
  Access::watched(file) = mask;
  return 0;
}

/// Registers `file`, once for edges in both directions; for levels only as far as somebody waits.
int EpollEngine::watch(File& file, Trigger trigger) noexcept {
  constexpr std::uint32_t edges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;
  const std::uint32_t before = Access::watched(file);
  const bool registered = Access::registration(file) != 0;
  if (trigger == Trigger::edge && registered && (before & EPOLLET) != 0) return 0;
  std::uint32_t mask = edges;
  if (trigger == Trigger::level || (registered && (before & EPOLLET) == 0)) {
    mask = Access::readiness(file, Direction::read).parked.empty() ? 0 : EPOLLIN | EPOLLRDHUP;
    if (!Access::readiness(file, Direction::write).parked.empty()) mask |= EPOLLOUT;
    if (registered && before == mask) return 0;
  }
  if (registered) return control(EPOLL_CTL_MOD, file, mask);

  const std::uint32_t slot = files_.insert(&file);
  if (slot == 0) return ENOMEM;
  if (slot >= generations_.size()) generations_.resize(slot + 1);
  Access::registration(file) = slot;
  Access::watched_fd(file) = Access::private_fd(file) >= 0 ? Access::private_fd(file) : Access::fd(file);
  int error = control(EPOLL_CTL_ADD, file, mask);
  if (error == EEXIST) {
    // Another File has the same descriptor: ours is told through a duplicate.
    Access::private_fd(file) = Access::watched_fd(file) = fcntl(Access::fd(file), F_DUPFD_CLOEXEC, 0);
    error = Access::private_fd(file) < 0 ? errno : control(EPOLL_CTL_ADD, file, mask);
  }
  if (error == 0) return 0;
  files_.erase(slot);
  Access::registration(file) = 0;
  if (error == EPERM) Access::blocking_only(file) = true;
  return error;
}

void EpollEngine::forget_registration(File& file) noexcept {
  const std::uint32_t slot = Access::registration(file);
  if (slot == 0) return;
  // A duplicate would stay registered after it was closed.
  if (!Access::silent(file) || Access::private_fd(file) >= 0) (void)control(EPOLL_CTL_DEL, file, 0);
  files_.erase(slot);
  ++generations_[slot];
  Access::registration(file) = 0;
}

/// Before the descriptor is closed: a duplicate of it elsewhere would go on reporting.
void EpollEngine::forget(File& file) noexcept {
  forget_registration(file);
  Fd{std::exchange(Access::private_fd(file), -1)}.reset();
}

void EpollEngine::offload(Request& request) {
  Pool* pool = core_->pool();
  ++core_->statistics.pool_jobs;
  Access::engine_flags(request) = pooled;
  const int error = pool == nullptr ? ENOMEM : pool->submit(request, &run_blocking);
  if (error != 0) core_->finish(request, -error);
}

void EpollEngine::abort(Request& request) {
  if (Access::engine_flags(request) == parked) {
    unpark(request);
    return core_->finish(request, -ECANCELED);
  }
  if (Access::engine_flags(request) == starving) {
    Access::hook(request).unlink();
    return core_->finish(request, -ECANCELED);
  }
  if (core_->pool()->remove(request)) return core_->finish(request, -ECANCELED);
  core_->pool()->interrupt(request);
  interrupted_.push_back(Access::hook(request));
}

void EpollEngine::await_end(Request& request) {
  while (request.state() != Request::State::ready) {
    core_->pool()->interrupt(request);
    (void)core_->pool()->wait_briefly(request);
    core_->drain_remote();
  }
}

void EpollEngine::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!write(event_.get(), &one, sizeof one);
}

void EpollEngine::on_event(const epoll_event& event) {
  if (event.data.u64 >= timer_key) return;
  const auto slot = static_cast<std::uint32_t>(event.data.u64);
  File* file = files_.find(slot);
  if (file == nullptr || generations_[slot] != event.data.u64 >> 32) return;
  constexpr std::uint32_t ended = EPOLLHUP | EPOLLERR;
  const std::uint32_t told = event.events;
  if ((told & (EPOLLIN | EPOLLRDHUP | EPOLLPRI | ended)) != 0) {
    Access::Readiness& side = Access::readiness(*file, Direction::read);
    side.maybe = true;
    // With urgent data or an end behind it, a short count does not mean that all was read.
    side.sticky = side.sticky || (told & (EPOLLRDHUP | EPOLLPRI | ended)) != 0;
    on_ready(*file, Direction::read, told);
  }
  if ((told & (EPOLLOUT | ended)) != 0) {
    Access::Readiness& side = Access::readiness(*file, Direction::write);
    side.maybe = true;
    side.sticky = side.sticky || (told & ended) != 0;
    on_ready(*file, Direction::write, told);
  }
}

void EpollEngine::on_ready(File& file, Direction direction, std::uint32_t told) {
  List& waiting = Access::readiness(file, direction).parked;
  if (waiting.empty()) {
    // A level nobody asks about any more would be told for ever.
    if ((Access::watched(file) & EPOLLET) != 0) return;
    if (Access::readiness(file, direction == Direction::read ? Direction::write : Direction::read).parked.empty()) {
      forget_registration(file);
    } else {
      (void)watch(file, Trigger::level);
    }
    return;
  }
  List now;
  now.append(waiting);
  while (!now.empty()) {
    Request& request = *now.front_owner();
    unpark(request);
    on_told(request, told);
  }
}

/// Who waits for nothing but readiness need not ask again: the events are poll(2)'s, of this moment.
void EpollEngine::on_told(Request& request, std::uint32_t told) {
  constexpr std::uint32_t always = EPOLLERR | EPOLLHUP;
  std::uint32_t events = 0;
  if (request.operation() == Operation::readable) events = told & (EPOLLIN | always);
  if (request.operation() == Operation::writable) events = told & (EPOLLOUT | always);
  if (events == 0) return try_now(request);
  core_->finish(request, events);
}

}  // namespace evt::detail
