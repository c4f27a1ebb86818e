/// The simulated engine's operations: taken, tried, told, cancelled, in an order and with mishaps that the seed
/// decides.
#include "engine/blocking.hpp"
#include "engine/sim_engine.hpp"
#include "engine/sim_request.hpp"
#include "loop/operations.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evt::detail {

namespace {

/// Whether a kernel could be interrupted in it, or say EAGAIN.
bool may_wait(Operation operation) noexcept {
  return operation != Operation::nop && operation != Operation::close && operation != Operation::shutdown;
}

}  // namespace

Result<std::unique_ptr<Engine>> SimEngine::create(const LoopOptions& options, const SimOptions& sim) {
  Fd event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event) return std::unexpected(errno_error("eventfd", errno));
  Fd told{epoll_create1(EPOLL_CLOEXEC)};
  if (!told) return std::unexpected(errno_error("epoll_create1", errno));
  epoll_event wanted{EPOLLIN, {.u64 = 0}};
  if (epoll_ctl(told.get(), EPOLL_CTL_ADD, event.get(), &wanted) != 0) {
    return std::unexpected(errno_error("epoll_ctl", errno));
  }
  return std::make_unique<SimEngine>(options, sim, std::move(event), std::move(told));
}

SimEngine::SimEngine(const LoopOptions& options, const SimOptions& sim, Fd event, Fd told)
    : options_([&] {
        SimOptions filled = sim;
        if (filled.submissions == 0) filled.submissions = std::max(options.entries, 1U);
        if (filled.completions == 0) filled.completions = 2 * filled.submissions;
        return filled;
      }()),
      random_(sim.seed),
      event_(std::move(event)),
      told_(std::move(told)) {
  context_.broken_pipe = options.broken_pipe;
  // Disks are quick here: what a thread of the pool would do comes when that likes, not when the seed does.
  context_.disk_work = DiskWork::on_loop;
}

void SimEngine::start(Request& request) {
  sim::begin(request);
  if (!random_.chance(options_.inline_start)) {
    sim::set_place(request, sim::Place::backlogged);
    backlog_.push_back(Access::hook(request));
    return;
  }
  sim::set_place(request, sim::Place::taken);
  active_.push_back(Access::hook(request));
  try_now(request);
  if (sim::place(request) != sim::Place::over) return;
  Access::hook(request).unlink();
  core_->finish(request, Access::result(request));
}

void SimEngine::abort(Request& request) {
  switch (sim::place(request)) {
    case sim::Place::over:
      return;  // Its result is on its way.
    case sim::Place::pooled:
      if (!core_->pool()->remove(request)) {
        core_->pool()->interrupt(request);
        interrupted_.push_back(Access::hook(request));
        return;
      }
      break;
    case sim::Place::backlogged:
    case sim::Place::starving:
      break;
    case sim::Place::taken:
    case sim::Place::at_gate:
    case sim::Place::at_target:
      if (!random_.chance(options_.late_cancel)) break;
      sim::set_countdown(request, 1 + static_cast<unsigned>(random_.below(options_.latest_cancel)));
      return;
  }
  Access::hook(request).unlink();
  core_->finish(request, -ECANCELED);
}

void SimEngine::await_end(Request& request) {
  while (request.state() != Request::State::ready) {
    if (sim::place(request) != sim::Place::pooled) {
      step();
      continue;
    }
    core_->pool()->interrupt(request);
    (void)core_->pool()->wait_briefly(request);
    core_->drain_remote();
  }
}

/// One step of the simulated kernel; true when it told of something.
bool SimEngine::step() {
  const auto most = static_cast<std::uint64_t>(options_.step.count());
  if (most > 0) elapsed_ += nanoseconds{1 + random_.below(most)};
  accept();
  try_all(Interruptions::possible);
  return tell();
}

/// The submission queue has so much room and no more.
void SimEngine::accept() {
  for (unsigned count = 0; count < options_.submissions && !backlog_.empty(); ++count) {
    Request& request = *backlog_.pop_front();
    sim::set_place(request, sim::Place::taken);
    active_.push_back(Access::hook(request));
  }
}

void SimEngine::try_all(Interruptions interruptions) {
  interruptions_ = interruptions;
  put_off_ = false;
  if (active_.empty()) return;
  gather();
  if (!polls_.empty()) {
    ++core_->statistics.kernel_entries;
    (void)poll(polls_.data(), polls_.size(), 0);
  }
  for (std::size_t left = candidates_.size(); left > 1; --left)
    std::swap(candidates_[left - 1], candidates_[random_.below(left)]);
  for (const Candidate& each : candidates_)
    consider(*each.request, each.poll == no_poll || polls_[each.poll].revents != 0);
}

/// Everything taken, and for what waits the descriptor and the event it waits for.
void SimEngine::gather() {
  candidates_.clear();
  polls_.clear();
  for (Hook* node = active_.end.next; node != &active_.end; node = node->next) {
    const Gate gate = sim::gate(*node->owner);
    candidates_.push_back({node->owner, gate.file == nullptr ? no_poll : polls_.size()});
    if (gate.file == nullptr) continue;
    const auto events = static_cast<short>(gate.direction == Direction::read ? POLLIN : POLLOUT);
    polls_.push_back({Access::fd(*gate.file), events, 0});
  }
}

void SimEngine::consider(Request& request, bool ready) {
  if (counts_down(request)) return;
  if (!ready && !random_.chance(options_.spurious_readiness)) return;
  if (ready) {
    const bool may = may_wait(request.operation());
    if (whim(request, options_.put_off)) {
      put_off_ = true;
      return;
    }
    if (may && interruptions_ == Interruptions::possible && whim(request, options_.interrupted))
      return conclude(request, -EINTR);
    if (may && Access::file(request) != nullptr && whim(request, options_.again)) return put_at_gate(request);
  }
  try_now(request);
}

/// True when a late cancel came to its end, and with it the operation.
bool SimEngine::counts_down(Request& request) {
  const unsigned left = sim::countdown(request);
  if (left == 0) return false;
  sim::set_countdown(request, left - 1);
  if (left == 1) {
    conclude(request, -ECANCELED);
    return true;
  }
  put_off_ = true;
  return false;
}

void SimEngine::try_now(Request& request) {
  const std::int64_t result = perform(request);
  core_->statistics.kernel_entries += std::exchange(context_.system_calls, 0);
  if (result == code_needs_pool) {
    offload(request);
  } else if (result == code_no_buffer && Access::cancel_requested(request)) {
    conclude(request, -ECANCELED);  // Who starves is not tried any more, and its late cancel would never come.
  } else if (result == code_no_buffer) {
    Access::hook(request).unlink();
    sim::set_place(request, sim::Place::starving);
    core_->starve(request);
  } else if (result == -EAGAIN) {
    put_at_gate(request);
  } else {
    if (result > 0) sim::set_whims(request, 0);
    conclude(request, result);
  }
}

void SimEngine::put_at_gate(Request& request) {
  const Gate gate = gate_of(request, context_);
  sim::set_place(request, gate.file == Access::file(request) ? sim::Place::at_gate : sim::Place::at_target);
}

void SimEngine::conclude(Request& request, std::int64_t result) {
  Access::hook(request).unlink();
  Access::result(request) = result;
  sim::set_place(request, sim::Place::over);
  done_.push_back(Access::hook(request));
}

void SimEngine::offload(Request& request) {
  Access::hook(request).unlink();
  Pool* pool = core_->pool();
  ++core_->statistics.pool_jobs;
  sim::set_place(request, sim::Place::pooled);
  const int error = pool == nullptr ? ENOMEM : pool->submit(request, &run_blocking);
  if (error != 0) conclude(request, -error);
}

/// The completion queue: what it had no room for last time is told first.
bool SimEngine::tell() {
  List now;
  now.append(late_);
  unsigned room = options_.completions;
  while (!done_.empty()) {
    Request& request = *done_.pop_front();
    const bool late = room == 0 || whim(request, options_.held_back);
    if (!late) --room;
    (late ? late_ : now).push_back(Access::hook(request));
  }
  if (now.empty()) return false;
  while (!now.empty()) {
    Request& request = *now.pop_front();
    core_->finish(request, Access::result(request));
  }
  return true;
}

bool SimEngine::whim(Request& request, unsigned percent) noexcept {
  const unsigned had = sim::whims(request);
  if (had >= options_.most_whims || !random_.chance(percent)) return false;
  sim::set_whims(request, had + 1);
  return true;
}

}  // namespace evt::detail

namespace evt {

Result<Loop> make_simulated_loop(LoopOptions options, const SimOptions& sim) {
  options.backend = Backend::simulated;
  auto engine = detail::SimEngine::create(options, sim);
  if (!engine) return std::unexpected(engine.error());
  auto core = detail::Core::create(options, std::move(*engine), "sim, seed " + std::to_string(sim.seed));
  if (!core) return std::unexpected(core.error());
  return detail::Access::make_loop(std::move(*core));
}

}  // namespace evt
