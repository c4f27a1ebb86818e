/// Loop: the public face of the core; and the kernel's clocks.
#include "loop/candidates.hpp"
#include "loop/core.hpp"

#include <ctime>

namespace evt {

using detail::Core;

nanoseconds read_clock(Clock clock) noexcept {
  clockid_t id = CLOCK_MONOTONIC;
  switch (clock) {
    case Clock::monotonic:
      break;
    case Clock::boottime:
      id = CLOCK_BOOTTIME;
      break;
    case Clock::realtime:
      id = CLOCK_REALTIME;
      break;
  }
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds{now.tv_sec} + nanoseconds{now.tv_nsec};
}

const char* name_of(Backend backend) noexcept {
  switch (backend) {
    case Backend::automatic:
      return "auto";
    case Backend::io_uring:
      return "io_uring";
    case Backend::epoll:
      return "epoll";
    case Backend::simulated:
      return "sim";
  }
  return "unknown";
}

Loop::Loop(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {}
Loop::Loop(Loop&& other) noexcept = default;
Loop& Loop::operator=(Loop&& other) noexcept = default;
Loop::~Loop() = default;

Result<Loop> Loop::create(LoopOptions options) {
  std::string reason;
  auto engine = detail::make_engine(options, reason);
  if (!engine) return std::unexpected(engine.error());
  auto core = Core::create(options, std::move(*engine), std::move(reason));
  if (!core) return std::unexpected(core.error());
  return Loop(std::move(*core));
}

Result<std::size_t> Loop::run(RunMode mode) {
  return core_->run(mode);
}
Result<std::size_t> Loop::dispatch(nanoseconds timeout) {
  return core_->dispatch(timeout);
}

void Loop::stop() noexcept {
  core_->stopped.store(true, std::memory_order_seq_cst);
  core_->rouse();
}

bool Loop::stopped() const noexcept {
  return core_->stopped.load(std::memory_order_relaxed);
}
void Loop::restart() noexcept {
  core_->stopped.store(false, std::memory_order_relaxed);
}

Result<void> Loop::post(Task task) noexcept {
  return core_->push({.task = task, .cancel = {}});
}
void Loop::defer(Task task) {
  core_->deferred.push_back(task);
}

Result<void> Loop::request_cancel(Ticket ticket) noexcept {
  if (!ticket) return {};
  return core_->push({.task = {}, .cancel = ticket});
}

nanoseconds Loop::now() const noexcept {
  return core_->now();
}
void Loop::update_now() noexcept {
  core_->update_now();
}
nanoseconds Loop::next_deadline() const noexcept {
  return core_->next_deadline(detail::Effort::any);
}
nanoseconds Loop::prepare() noexcept {
  return core_->prepare();
}
int Loop::fd() const noexcept {
  return core_->engine->fd();
}

Result<void> Loop::after_fork() {
  LoopOptions options = core_->options;
  std::string reason;
  auto engine = detail::make_engine(options, reason);
  if (!engine) return std::unexpected(engine.error());
  core_->reason = std::move(reason);
  return core_->after_fork(std::move(*engine));
}

Backend Loop::backend() const noexcept {
  return core_->engine->backend();
}
std::string_view Loop::backend_reason() const noexcept {
  return core_->reason;
}
Statistics Loop::statistics() const noexcept {
  return core_->statistics;
}

}  // namespace evt
