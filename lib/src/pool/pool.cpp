/// Pool: its threads, its queue, and the signal that gets a thread out of a system call. What jobs
/// do is not known here.
#include "loop/pool.hpp"

#include "base/forks.hpp"
#include "loop/access.hpp"
#include "loop/core.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <new>

namespace evt::detail {

namespace {

using Phase = Remote::Phase;

/// 0 until the first job that may be interrupted; -1 when every signal was taken.
std::atomic<int> interrupt_signal{0};

/// The last real-time signal that nobody handles. Its handler does nothing, and without SA_RESTART
/// the system call it hits fails with EINTR.
int choose_interrupt_signal() noexcept {
  static std::mutex choosing;
  const std::lock_guard lock(choosing);
  if (const int chosen = interrupt_signal.load(); chosen != 0) return chosen;
  for (int number = SIGRTMAX; number >= SIGRTMIN; --number) {
    struct sigaction action{};
    if (sigaction(number, nullptr, &action) != 0) continue;
    if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) continue;
    action = {};
    action.sa_handler = [](int) {};
    if (sigaction(number, &action, nullptr) != 0) continue;
    interrupt_signal.store(number);
    return number;
  }
  interrupt_signal.store(-1);
  return -1;
}

}  // namespace

struct Pool::Worker {
  Pool* pool = nullptr;
  pthread_t thread{};
  Request* job = nullptr;      // Guarded by the pool's mutex.
  bool interruptible = false;  // The thread's own: the signal is not blocked.

  static void* main(void* self) {
    auto& worker = *static_cast<Worker*>(self);
    pthread_setname_np(pthread_self(), thread_name);
    worker.pool->work(worker);
    return nullptr;
  }

  /// The caller's own jobs (Work) never see a system call fail because of us: also not because of
  /// a signal that came too late for the job it was meant for.
  void set_interruptible(bool wanted) noexcept {
    if (wanted == interruptible) return;
    const int number = choose_interrupt_signal();
    if (number < 0) return;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(wanted ? SIG_UNBLOCK : SIG_BLOCK, &set, nullptr);
    interruptible = wanted;
  }
};

Pool::Pool(unsigned threads) : limit_(threads), forks_(fork_count()) {
  workers_.reserve(threads);
}

Pool::~Pool() {
  abandon();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wanted_.notify_all();
  }
  for (const auto& worker : workers_)
    pthread_join(worker->thread, nullptr);
}

int Pool::submit(Request& request, Run run) noexcept {
  abandon();
  const std::lock_guard lock(mutex_);
  if (idle_ <= queued_ && workers_.size() < limit_ && !start_worker() && workers_.empty()) return EAGAIN;
  Remote& remote = Access::remote(request);
  remote.owner = &request;
  remote.run = run;
  remote.worker = nullptr;
  remote.phase = Phase::queued;
  queue_.push_back(Access::hook(request));
  ++queued_;
  wanted_.notify_one();
  return 0;
}

bool Pool::remove(Request& request) noexcept {
  abandon();
  const std::lock_guard lock(mutex_);
  Remote& remote = Access::remote(request);
  if (remote.phase != Phase::queued) return false;
  remote.phase = Phase::none;
  Access::hook(request).unlink();
  --queued_;
  return true;
}

void Pool::interrupt(Request& request) noexcept {
  abandon();
  const std::lock_guard lock(mutex_);
  const Remote& remote = Access::remote(request);
  const int number = interrupt_signal.load();
  // Under the mutex the job cannot end, so that the thread is certainly there.
  if (remote.phase == Phase::running && number > 0) pthread_kill(static_cast<Worker*>(remote.worker)->thread, number);
}

bool Pool::wait_briefly(Request& request) noexcept {
  abandon();
  std::unique_lock lock(mutex_);
  const Remote& remote = Access::remote(request);
  return over_.wait_for(lock, std::chrono::milliseconds(10), [&] { return remote.phase == Phase::over; });
}

void Pool::abandon() noexcept {
  if (forks_ == fork_count()) return;
  forks_ = fork_count();
  // Another thread may have held the mutex or waited when the process forked: neither can be
  // unlocked or destroyed, only made anew.
  new (&mutex_) std::mutex;
  new (&wanted_) std::condition_variable;
  new (&over_) std::condition_variable;
  for (Hook* hook = queue_.front(); hook != &queue_.end;) {
    Hook* next = hook->next;
    Access::remote(*hook->owner).phase = Phase::none;
    hook->next = hook->previous = hook;
    hook = next;
  }
  queue_.end.next = queue_.end.previous = &queue_.end;
  for (const auto& worker : workers_) {
    if (worker->job != nullptr) Access::remote(*worker->job).phase = Phase::none;
  }
  workers_.clear();
  idle_ = 0;
  queued_ = 0;
}

void Pool::work(Worker& self) noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !stopping_) {
      ++idle_;
      wanted_.wait(lock);
      --idle_;
    }
    if (queue_.empty()) return;
    Request& request = *queue_.pop_front();
    --queued_;
    Remote& remote = Access::remote(request);
    remote.worker = &self;
    remote.phase = Phase::running;
    self.job = &request;
    lock.unlock();

    self.set_interruptible(request.operation() != Operation::work);
    remote.run(request);

    Core* core = Access::core(request);
    lock.lock();
    self.job = nullptr;
    remote.phase = Phase::over;
    over_.notify_all();
    lock.unlock();
    // Whoever waits for the job waits for this too: the request is there until it is pushed.
    core->push_remote(remote);
    lock.lock();
  }
}

bool Pool::start_worker() noexcept {
  try {
    workers_.push_back(std::make_unique<Worker>());
  } catch (const std::bad_alloc&) {
    return false;
  }
  Worker& worker = *workers_.back();
  worker.pool = this;
  // The thread inherits the mask: no signal can reach it before it has one of its own.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failure = pthread_create(&worker.thread, nullptr, Worker::main, &worker);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failure != 0) workers_.pop_back();
  return failure == 0;
}

}  // namespace evt::detail
