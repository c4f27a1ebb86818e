/// The loop a careful person writes by hand on liburing: each operation is a small struct whose
/// handler is called with the result. This is what evt's cost per operation is compared with.
#pragma once

#include "measure.hpp"

#include <liburing.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace bench {

/// The head of every operation; `user_data` points at it.
struct RawOperation {
  void (*complete)(RawOperation& self, int result);
};

class RawRing {
 public:
  /// Asks for the cheapest set-up and drops flags that an older kernel does not know.
  explicit RawRing(unsigned entries) {
    constexpr unsigned basic = IORING_SETUP_CLAMP;
    constexpr unsigned grouped = basic | IORING_SETUP_SUBMIT_ALL;
    constexpr unsigned deferred =
        grouped | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
    int error = 0;
    for (const unsigned flags : std::array{deferred, grouped, basic}) {
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
      operation->complete(*operation, cqe->res);
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  /// Each turn was one system call.
  [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }

 private:
  io_uring ring_{};
  std::uint64_t turns_ = 0;
};

}  // namespace bench
