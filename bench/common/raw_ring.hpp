/// The loop a careful person writes by hand on liburing: each operation is a small struct whose
/// handler is called with the completion. This is what evt's cost per operation is compared with.
#pragma once

#include "common/measure.hpp"

#include <liburing.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace bench {

/// The head of every operation; `user_data` points at it.
struct RawOperation {
  void (*complete)(RawOperation& self, const io_uring_cqe& completion);
};

/// When the kernel does the work that follows an interrupt: when we ask for completions, which is best for one
/// operation at a time, or at any system call, which is best for many.
enum class Taskrun { deferred, cooperative };

class RawRing {
 public:
  /// Asks for the cheapest set-up and drops flags that an older kernel does not know.
  explicit RawRing(unsigned entries, Taskrun taskrun = Taskrun::deferred) {
    constexpr unsigned basic = IORING_SETUP_CLAMP;
    constexpr unsigned grouped = basic | IORING_SETUP_SUBMIT_ALL;
    const unsigned best = grouped | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_TASKRUN_FLAG |
                          (taskrun == Taskrun::deferred ? IORING_SETUP_DEFER_TASKRUN : IORING_SETUP_COOP_TASKRUN);
    int error = 0;
    for (const unsigned flags : std::array{best, grouped, basic}) {
      error = io_uring_queue_init(entries, &ring_, flags);
      if (error != -EINVAL) break;
    }
    if (error < 0) fail("io_uring_queue_init", std::strerror(-error));
    io_uring_register_ring_fd(&ring_);  // Worth a few ns a call; refusal by an old kernel is fine.
  }
  RawRing(const RawRing&) = delete;
  RawRing& operator=(const RawRing&) = delete;
  ~RawRing() { io_uring_queue_exit(&ring_); }

  /// A free entry. There is always one: never more than `entries` operations are in flight.
  io_uring_sqe* next() {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
    if (sqe == nullptr) fail("io_uring_get_sqe", "the queue is full");
    return sqe;
  }

  /// Says whose handler gets the result. Comes after the prep call, which may clear it.
  static void name(io_uring_sqe& sqe, RawOperation& operation) { io_uring_sqe_set_data(&sqe, &operation); }

  /// One turn: submits what was queued, waits for a completion, calls the handler of each.
  /// Returns the number of completions.
  unsigned turn() {
    ++turns_;
    const int error = io_uring_submit_and_wait(&ring_, 1);
    if (error < 0 && error != -EINTR) fail("io_uring_enter", std::strerror(-error));
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(&ring_, head, cqe) {
      auto* operation = static_cast<RawOperation*>(io_uring_cqe_get_data(cqe));
      operation->complete(*operation, *cqe);
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  /// Submits what was queued; for an end without another turn.
  void submit() { io_uring_submit(&ring_); }

  /// Each turn was one system call.
  [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }
  [[nodiscard]] io_uring& ring() noexcept { return ring_; }

 private:
  io_uring ring_{};
  std::uint64_t turns_ = 0;
};

/// Ends the program where `completion` is an error.
inline unsigned checked(const io_uring_cqe& completion, const char* operation) {
  if (completion.res < 0) fail(operation, std::strerror(-completion.res));
  return static_cast<unsigned>(completion.res);
}

}  // namespace bench
