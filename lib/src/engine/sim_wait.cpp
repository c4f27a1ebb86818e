/// How the simulated engine waits: its clock jumps where nothing else can happen, and where there is no deadline it
/// sleeps for real, for the sake of other threads and of whoever is at the other end of a descriptor.
#include "engine/sim_engine.hpp"
#include "engine/sim_request.hpp"
#include "loop/operations.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evt::detail {

namespace {

/// How long a job on a pool thread is waited for before the clock jumps past it, and how often a thread that is blocked
/// is interrupted again. Of real time.
constexpr int patience_ms = 10;

/// When a simulated machine was started, by each of its clocks: apart, so that none is taken for another.
constexpr nanoseconds epoch(Clock clock) noexcept {
  switch (clock) {
    case Clock::monotonic:
      break;
    case Clock::boottime:
      return std::chrono::hours{2'000};
    case Clock::realtime:
      return std::chrono::hours{500'000};
  }
  return std::chrono::hours{1'000};
}

}  // namespace

nanoseconds SimEngine::clock(Clock clock) const noexcept {
  return epoch(clock) + elapsed_;
}

void SimEngine::wait(nanoseconds deadline) {
  gates_.reset();
  // A wake-up that came is used up only where this wait does not sleep: its post is looked at afterwards.
  const bool woken = drain_event();
  if (step() || woken || deadline <= nanoseconds::zero()) return;
  ended_early_ = !ended_early_ && random_.chance(options_.early_return);
  if (ended_early_) return;
  while (!sleep(deadline)) {
    if (step()) return;
  }
}

/// True when the wait is over; false when another step may find something.
bool SimEngine::sleep(nanoseconds deadline) {
  if (restless()) return false;
  interrupt_again();
  gather();
  polls_.push_back({event_.get(), POLLIN, 0});
  const bool endless = deadline == never;
  const bool patient = endless ? !interrupted_.empty() : jobs_running();
  int timeout_ms = endless ? -1 : 0;
  if (patient) timeout_ms = patience_ms;
  ++core_->statistics.kernel_entries;
  const int count = poll(polls_.data(), polls_.size(), timeout_ms);
  if (count > 0) return polls_.back().revents != 0 && drain_event();
  if (endless) return count < 0;  // A signal ends a wait.
  elapsed_ = std::max(elapsed_, deadline - epoch(Clock::monotonic));
  return true;
}

bool SimEngine::restless() noexcept {
  return put_off_ || !backlog_.empty() || !done_.empty() || !late_.empty();
}

/// Jobs of ours or of the caller's are with a pool; they end without the clock.
bool SimEngine::jobs_running() noexcept {
  if (core_->statistics.pool_jobs == 0) return false;
  bool found = false;
  core_->requests.for_each([&](Request& request) {
    const Request::State state = request.state();
    if (state != Request::State::in_flight && state != Request::State::canceling) return;
    const Operation operation = request.operation();
    if (operation == Operation::timer || operation == Operation::wake) return;
    found = found || operation == Operation::work || sim::place(request) == sim::Place::pooled;
  });
  return found;
}

void SimEngine::interrupt_again() noexcept {
  for (Hook* node = interrupted_.end.next; node != &interrupted_.end; node = node->next)
    core_->pool()->interrupt(*node->owner);
}

bool SimEngine::drain_event() noexcept {
  std::uint64_t count = 0;
  return read(event_.get(), &count, sizeof count) == sizeof count;
}

void SimEngine::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!write(event_.get(), &one, sizeof one);
}

void SimEngine::flush() {
  do {
    accept();
    try_all(Interruptions::none);
  } while (put_off_ || !backlog_.empty());
  // What is over by now is told by the next wait, without further delay.
  late_.append(done_);
  if (!late_.empty()) {
    wake();
  } else {
    publish();
  }
}

/// Makes fd() tell of what waits.
void SimEngine::publish() noexcept {
  gates_ = Fd{epoll_create1(EPOLL_CLOEXEC)};
  gather();
  std::ranges::sort(polls_, {}, &pollfd::fd);
  for (std::size_t index = 0; index < polls_.size(); ++index) {
    // One registration a descriptor, whoever waits for it.
    if (index + 1 < polls_.size() && polls_[index].fd == polls_[index + 1].fd) {
      polls_[index + 1].events = static_cast<short>(polls_[index].events | polls_[index + 1].events);
      continue;
    }
    epoll_event wanted{static_cast<std::uint32_t>(polls_[index].events), {.u64 = 0}};
    // What epoll does not take (EPERM) is ready; the next turn says what else it may be.
    if (epoll_ctl(gates_.get(), EPOLL_CTL_ADD, polls_[index].fd, &wanted) != 0) wake();
  }
  epoll_event wanted{EPOLLIN, {.u64 = 0}};
  if (epoll_ctl(told_.get(), EPOLL_CTL_ADD, gates_.get(), &wanted) != 0) wake();
}

void SimEngine::forget(File& file) noexcept {
  gates_.reset();  // Before the descriptor is closed: a duplicate of it would go on reporting.
  Fd{std::exchange(Access::private_fd(file), -1)}.reset();
}

}  // namespace evt::detail
