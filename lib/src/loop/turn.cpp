/// Turns of the loop: wait, expire timers, run what other threads posted, then ready callbacks.
#include "base/forks.hpp"
#include "base/list_sort.hpp"
#include "loop/access.hpp"
#include "loop/core.hpp"
#include "loop/operations.hpp"

#include <cerrno>

namespace evt::detail {

namespace {

bool goes_before(const Hook& left, const Hook& right) noexcept {
  return left.owner->priority() < right.owner->priority();
}

/// Of the messages that a batch moved.
std::uint64_t bytes_of(const FileRequest& batch) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < batch.transferred(); ++index)
    sum += Access::messages(batch)[index].msg_len;
  return sum;
}

}  // namespace

Result<std::unique_ptr<Core>> Core::create(const LoopOptions& options, std::unique_ptr<Engine> engine,
                                           std::string reason) {
  auto core = std::make_unique<Core>(options, std::move(engine), std::move(reason));
  if (!core->posts_.check()) return std::unexpected(errno_error("create", ENOMEM));
  return core;
}

Core::Core(const LoopOptions& wanted, std::unique_ptr<Engine> made, std::string why)
    : engine(std::move(made)),
      options(wanted),
      reason(std::move(why)),
      fork_count_(fork_count()),
      posts_(wanted.post_capacity) {
  if (options.budget == 0) options.budget = 1;
  engine->attach(*this);
}

Core::~Core() {
  leave_composed();
  for (auto& watch : watches_)
    watch.reset();
  requests.for_each([&](Request& request) {
    settle(request);
    request.core_ = nullptr;
  });
  while (files != nullptr) {
    File& file = *files;
    detach(file);
    file.core_ = nullptr;
    files = file.next_;
    file.next_ = file.previous_ = nullptr;
  }
  while (pools_ != nullptr)
    leave(*pools_);
  while (!forked() && remote_users_.load(std::memory_order_acquire) != 0)
    std::this_thread::yield();
  if (forked()) {
    if (own_pool_ != nullptr) own_pool_->abandon();
    engine->abandon();
  }
}

bool Core::forked() const noexcept {
  return fork_count_ != fork_count();
}

Result<std::size_t> Core::run(RunMode mode) {
  if (running_) return std::unexpected(Error{"run", Errc::busy});
  if (forked()) return std::unexpected(Error{"run", Errc::forked});
  running_ = true;
  std::size_t count = 0;
  if (mode == RunMode::no_wait) {
    if (!stopped.load(std::memory_order_relaxed)) count = turn(nanoseconds::zero());
  } else {
    while (!stopped.load(std::memory_order_relaxed) && alive()) {
      count += turn(never);
      if (mode == RunMode::once && count > 0) break;
    }
  }
  running_ = false;
  return count;
}

Result<std::size_t> Core::dispatch(nanoseconds timeout) {
  if (running_) return std::unexpected(Error{"dispatch", Errc::busy});
  if (forked()) return std::unexpected(Error{"dispatch", Errc::forked});
  if (stopped.load(std::memory_order_relaxed)) return 0;
  running_ = true;
  nanoseconds deadline{0};
  if (timeout.count() > 0) deadline = saturating_add(engine->clock(Clock::monotonic), timeout);
  std::size_t count = turn(deadline);
  // A signal, or something only we care about, may end a wait early.
  while (count == 0 && !stopped.load(std::memory_order_relaxed) && deadline > engine->clock(Clock::monotonic)) {
    count = turn(deadline);
  }
  running_ = false;
  return count;
}

bool Core::anything_ready() noexcept {
  return !batch_.empty() || !ready_.empty() || !starting_.empty() || !deferred.empty() || !posts_.empty() ||
         remotes_.load(std::memory_order_relaxed) != nullptr || (pools_ != nullptr && anyone_hungry());
}

bool Core::alive() noexcept {
  // A ready request that nobody references does not keep the loop going either.
  return active_ > 0 || !starting_.empty() || !deferred.empty() || !posts_.empty();
}

void Core::wait(nanoseconds deadline) {
  if (!signal_mask.needed()) [[likely]]
    return engine->wait(deadline);
  signal_mask.open();
  engine->wait(deadline);
  signal_mask.close();
}

std::size_t Core::turn(nanoseconds deadline) {
  ++statistics.turns;
  if (deadline.count() > 0 && !anything_ready()) {
    deadline = std::min(deadline, next_deadline(Effort::little));
    sleeping_.store(true, std::memory_order_seq_cst);
    // Whoever hands something in from now on wakes us; what came before is seen here.
    const bool sleep = !anything_ready() && !stopped.load(std::memory_order_seq_cst);
    wait(sleep ? deadline : nanoseconds::zero());
  } else {
    wait(ready_.empty() && batch_.empty() ? nanoseconds::zero() : in_passing);
  }
  sleeping_.store(false, std::memory_order_relaxed);
  now_ = nanoseconds::zero();
  drain_remote();
  expire_timers();
  std::size_t count = run_posts();
  count += run_ready();
  if (pools_ != nullptr) feed_pools();
  pump();
  count += run_deferred();
  return count;
}

std::size_t Core::run_ready() {
  if (batch_.empty()) {
    batch_.append(ready_);
    if (mixed_priorities_) sort(batch_, goes_before);
  }
  std::size_t count = 0;
  delivering_ = !mixed_priorities_;
  while (!batch_.empty() && count < options.budget && !stopped.load(std::memory_order_relaxed)) {
    count += deliver(*batch_.pop_front());
  }
  delivering_ = false;
  return count;
}

void Core::finish_in_turn(Request& request, std::int64_t result) noexcept {
  finish(request, result);
  if (!delivering_ || request.state_ != Request::State::ready) return;
  request.hook_.unlink();
  batch_.push_back(request.hook_);
}

/// Returns what it counts as: 0 for the loop's own requests.
std::size_t Core::deliver(Request& request) {
  idle(request);
  const std::size_t counts = request.internal_ ? 0 : 1;
  if (counts > 0) {
    if (options.observer != nullptr) [[unlikely]]
      observe_completion(request);
    ++statistics.operations[static_cast<std::size_t>(request.operation_)];
    if (request.on_file_) account_bytes(static_cast<const FileRequest&>(request));
  }
  if (request.invoke_(request) == Action::rearm) resubmit(request);
  return counts;
}

void Core::account_bytes(const FileRequest& request) noexcept {
  const std::uint64_t bytes = traits(request.operation_).unit == Unit::messages ? bytes_of(request) : request.done_;
  switch (traits(request.operation_).moves) {
    case Moves::nothing:
      return;
    case Moves::in:
      statistics.bytes_read += bytes;
      return;
    case Moves::out:
      statistics.bytes_written += bytes;
      return;
    case Moves::through:
      statistics.bytes_read += bytes;
      statistics.bytes_written += bytes;
      return;
  }
}

/// Starts whom a queue gave its turn; those that come up meanwhile start in the next turn.
void Core::pump() noexcept {
  if (!starting_.empty()) {
    List now_starting;
    now_starting.append(starting_);
    while (!now_starting.empty())
      launch(*now_starting.pop_front());
  }
  for (BufferPool* pool = pools_; pool != nullptr; pool = pool->next_)
    pool->promised_ = 0;
}

std::size_t Core::run_deferred() {
  if (deferred.empty()) return 0;
  // By index and count: a task may defer others, which wait for the next turn.
  const std::size_t count = deferred.size();
  for (std::size_t index = 0; index < count; ++index) {
    const Task task = deferred[index];
    task.function(task.context);
  }
  deferred.erase(deferred.begin(), deferred.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

nanoseconds Core::prepare() noexcept {
  pump();
  const nanoseconds deadline =
      next_deadline(Effort::little);  // First: a deadline of another clock is a request of its own.
  engine->flush();
  if (stopped.load(std::memory_order_relaxed)) return nanoseconds::zero();
  signal_mask.open();
  sleeping_.store(true, std::memory_order_seq_cst);
  if (anything_ready()) return nanoseconds::zero();
  if (deadline == never) return never;
  return saturating_since(deadline, engine->clock(Clock::monotonic));
}

Result<void> Core::after_fork(std::unique_ptr<Engine> made) {
  if (own_pool_ != nullptr) own_pool_->abandon();
  engine->abandon();
  forget_clock_watches();
  for (File* file = files; file != nullptr; file = file->next_) {
    file->registration_ = 0;
    file->intake_.phase = Access::Intake::Phase::off;
    file->intake_.unasked = false;
    file->readiness_[0].maybe = file->readiness_[1].maybe = true;
  }
  engine = std::move(made);
  engine->attach(*this);
  fork_count_ = fork_count();
  for (BufferPool* pool = pools_; pool != nullptr; pool = pool->next_)
    readopt(*pool);
  forget_remote();
  requests.for_each([&](Request& request) {
    const Home home = traits(request.operation_).home;
    const bool kernel = home == Home::engine || home == Home::pool;
    const bool busy = request.state_ == Request::State::in_flight || request.state_ == Request::State::canceling;
    if (!kernel || !busy) return;
    request.hook_.unlink();
    if (Access::is_threaded(request)) Access::remote(request).phase = Remote::Phase::none;
    if (request.on_file_) leave_queues(request);
    complete(request, -ECANCELED);
  });
  enter_composed();
  return {};
}

}  // namespace evt::detail
