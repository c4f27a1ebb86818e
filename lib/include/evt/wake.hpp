/// Wake: a notification from any thread or signal handler, coalesced.
#pragma once

#include <evt/request.hpp>

#include <atomic>
#include <optional>

namespace evt {

class Loop;

/// Completes once after one or more notify() since it last completed; a notification that comes
/// while nobody waits is kept. Starts unreferenced.
class Wake : public ThreadedRequest {
 public:
  using Done = Callback<Wake, void>;

  explicit Wake(Loop& loop) noexcept;
  /// No notify() may be running or follow.
  ~Wake();

  Ticket wait(Done done) noexcept;
  /// Any thread, and signal handlers: lock-free, no allocation, keeps errno. What was written
  /// before it is visible in the callback.
  void notify() noexcept;

  std::optional<Result<void>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  static Action invoke(Request& request);
  std::atomic<bool> notified_{false};
  bool signaled_ = false;  // Seen by the loop, not yet delivered.
};

}  // namespace evt
