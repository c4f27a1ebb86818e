/// SignalRequest: signals of the process, delivered as completions.
#pragma once

#include <evt/composed_request.hpp>
#include <evt/wake.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace evt {

/// What a completion of a SignalRequest tells; the sender is that of the last of `count` signals.
struct SignalInfo {
  int signal = 0;
  std::uint32_t count =
      0;         ///< Arrived since the last completion, ≥ 1. The kernel merges those that wait (not real-time ones).
  int code = 0;  ///< si_code: SI_USER, SI_QUEUE, SI_KERNEL, CLD_EXITED …; see sigaction(2).
  pid_t sender = 0;        ///< Who sent it; for SIGCHLD whose state changed. 0: the kernel, or not known.
  uid_t user = 0;          ///< The sender's real user.
  std::int64_t value = 0;  ///< What sigqueue(3) or a timer sent along; for SIGCHLD the status.
};

namespace detail {

/// What the signal handler knows of a request. All of it is lock-free.
struct SignalNode {
  std::atomic<SignalNode*> next{nullptr};
  std::atomic<std::uint32_t> count{0};
  std::atomic<std::uint32_t> sequence{0};  // Odd while the handler writes what follows.
  std::atomic<std::uint64_t> sender{0};    // Process and user.
  std::atomic<std::int64_t> value{0};
  std::atomic<int> code{0};
  Wake* wake = nullptr;
  int signal = 0;        // 0: not in the table.
  bool blocked = false;  // By the thread of the loop, which unblocks it only to wait.
};

}  // namespace detail

/// Completes when `signal` arrived once or more since it last completed. From the first wait() until the request
/// (or its loop) is gone, the signal does nothing else in this process: what comes while nobody waits is kept for
/// the next wait(). Any number of requests, in any loops and threads, may wait for the same signal, and all are
/// told. With the last of them the disposition is what it was before; in the meantime children that are executed
/// have the default one. The masks of threads stay as they are: a signal that the thread calling wait() blocks is
/// unblocked only while its loop waits for events (and from Loop::prepare() to the next run). Signals that were
/// ignored are handled too. A child of fork(2) has the old dispositions until it calls Loop::after_fork(), which
/// makes the loop's requests the child's. Starts unreferenced.
class SignalRequest : public ComposedRequest<SignalRequest, SignalInfo> {
 public:
  explicit SignalRequest(Loop& loop) noexcept;
  ~SignalRequest();

  /// A request may turn to another signal once it is idle; what was kept of the one before is dropped. Refused with
  /// EINVAL where `signal` cannot be handled: SIGKILL, SIGSTOP, and what a faulty instruction raises (SIGSEGV, SIGBUS,
  /// SIGFPE, SIGILL), because returning from a handler would raise it again.
  Ticket wait(int signal, Done done) noexcept;

 private:
  friend ComposedRequest;
  void start() noexcept;
  void cancel_parts() noexcept;
  void settle_parts() noexcept;
  void leave_loop() noexcept;
  void enter_loop() noexcept;
  Action on_wake(Result<void> woken) noexcept;

  Wake wake_;
  detail::SignalNode node_;
};

}  // namespace evt
