/// Pool: the threads behind ThreadPool. Jobs are requests; nothing is allocated per job.
#pragma once

#include <evt/detail/list.hpp>
#include <evt/request.hpp>

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace evt::detail {

class Core;

class Pool {
 public:
  /// Blocks as long as it takes; leaves its outcome in the request's result.
  using Run = void (*)(Request& request);

  /// What its threads are called, in ps -L and top -H.
  static constexpr const char* thread_name = "evt-pool";

  explicit Pool(unsigned threads);
  /// Every job must be over.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Runs `run(request)` on a thread, then hands the request to its loop through Core::push_remote.
  /// 0, or an errno when there is no thread and none can be made.
  int submit(Request& request, Run run) noexcept;
  /// True when the job had not begun: it never will, and push_remote will not come.
  bool remove(Request& request) noexcept;
  /// Makes a system call that the job is blocked in fail with EINTR, as good as now: the caller
  /// repeats it until the job is over.
  void interrupt(Request& request) noexcept;
  /// Waits up to 10 ms for the job to be over; true once it is.
  bool wait_briefly(Request& request) noexcept;
  /// In a child after fork(2) there are no threads: forgets them and the jobs they had, once. The
  /// other calls do so first, so that a pool shared by several loops needs nobody to remember it.
  void abandon() noexcept;

 private:
  struct Worker;
  void work(Worker& self) noexcept;
  bool start_worker() noexcept;

  const unsigned limit_;
  std::uint64_t forks_;  // As of when the threads were started.
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::condition_variable over_;
  List queue_;
  std::vector<std::unique_ptr<Worker>> workers_;
  unsigned idle_ = 0;
  std::size_t queued_ = 0;
  bool stopping_ = false;
};

}  // namespace evt::detail
