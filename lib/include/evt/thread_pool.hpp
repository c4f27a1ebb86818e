/// ThreadPool: threads for calls that block; Work: one such call, completed on the loop.
#pragma once

#include <evt/request.hpp>

#include <exception>
#include <memory>
#include <optional>

namespace evt {

class Loop;
namespace detail {
class Pool;
}

/// A fixed number of threads, started on first use, with all signals blocked. Belongs to the
/// caller, may serve several loops, and must outlive their use of it. Any thread may share it.
class ThreadPool {
 public:
  /// `threads` ≥ 1; 0 means as many as there are processors, at least 2.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  std::unique_ptr<detail::Pool> pool_;
};

/// Runs a callable on a pool thread, then the callback on the loop's thread. cancel() wins only
/// while the job still waits for a thread: a job that runs is waited for.
class Work : public ThreadedRequest {
 public:
  using Done = Callback<Work, void>;

  Work(Loop& loop, ThreadPool& pool) noexcept;
  ~Work();

  /// `job` runs once on some pool thread; what it points to is borrowed until completion. A job
  /// that throws completes with Errc::exception.
  Ticket run(Task job, Done done) noexcept;
  /// What the last job threw, if it did.
  std::exception_ptr exception() const noexcept { return exception_; }

  std::optional<Result<void>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  static Action invoke(Request& request);
  detail::Pool* pool_;
  Task job_{};
  std::exception_ptr exception_;
};

}  // namespace evt
