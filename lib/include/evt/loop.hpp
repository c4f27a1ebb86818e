/// Loop: runs requests on one of several backends. One thread runs it; any thread may post to it.
#pragma once

#include <evt/callback.hpp>
#include <evt/request.hpp>
#include <evt/result.hpp>
#include <evt/time.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace evt {

class Observer;
class ThreadPool;

enum class Backend : std::uint8_t { automatic, io_uring, epoll, simulated };

/// "auto", "io_uring", "epoll", "sim".
const char* name_of(Backend backend) noexcept;

/// The backends that can be made on this machine right now, best first; each is tried for real.
std::span<const Backend> available_backends() noexcept;

/// What ends up in SIGPIPE otherwise: writing to a pipe or socket nobody reads.
/// suppress: such writes fail with EPIPE only. deliver: the signal is raised as without us.
enum class BrokenPipe : std::uint8_t { suppress, deliver };

/// Where regular files are read and written when the backend has no asynchronous way (or a
/// dearer one): on pool threads, or on the loop's thread, which is cheaper and waits for the disk.
enum class DiskWork : std::uint8_t { pool, on_loop };

/// When an io_uring brings completions. on_wait: when the loop asks for them, which costs least for a few operations
/// at a time. on_any_call: with any system call of the thread, which costs less where hundreds of connections are busy
/// at once, as the loop then reaps more of them a turn.
enum class Completions : std::uint8_t { on_wait, on_any_call };

struct LoopOptions {
  /// automatic: the first that works; named: that one, or create() fails with the reason.
  Backend backend = Backend::automatic;
  /// Which one automatic tries first.
  Backend preferred = Backend::io_uring;
  /// Submission queue entries of an io_uring (1 works); epoll: events a wait.
  unsigned entries = 256;
  Completions completions = Completions::on_wait;
  /// Callbacks in one turn before the kernel is asked again.
  unsigned budget = 256;
  /// Posts that fit before post() fails with ENOBUFS; rounded up to a power of two.
  unsigned post_capacity = 1024;
  BrokenPipe broken_pipe = BrokenPipe::suppress;
  DiskWork disk_work = DiskWork::pool;
  /// For calls that block; borrowed. Null: the loop makes a small pool of its own when it needs one.
  ThreadPool* pool = nullptr;
  /// Sees every request; borrowed. Null: nothing is measured.
  Observer* observer = nullptr;
};

/// no_wait: one turn, without waiting. once: waits until at least one callback ran. until_done:
/// until no referenced request, post or deferred call is left.
enum class RunMode : std::uint8_t { no_wait, once, until_done };

struct Statistics {
  std::array<std::uint64_t, operation_count> operations{};  ///< Completions, by Operation.
  std::uint64_t kernel_entries = 0;                         ///< System calls made on the loop's thread.
  std::uint64_t pool_jobs = 0;
  std::uint64_t turns = 0;
  std::uint64_t bytes_read = 0;     ///< Read-like operations and splices.
  std::uint64_t bytes_written = 0;  ///< Write-like operations and splices.
};

class Loop {
 public:
  /// Fails only when a backend asked for by name is not there, or none is (EMFILE, ENOMEM).
  static Result<Loop> create(LoopOptions options = {});

  Loop(Loop&& other) noexcept;
  Loop& operator=(Loop&& other) noexcept;
  /// Settles every busy request without calling back; requests and files that outlive the loop
  /// refuse further work with Errc::no_loop.
  ~Loop();

  /// Runs callbacks; returns how many. Errc::busy when called from a callback; Errc::forked in a
  /// child process. The first run ties the loop to its thread.
  Result<std::size_t> run(RunMode mode = RunMode::until_done);
  /// One turn that waits at most `timeout`; returns how many callbacks ran.
  Result<std::size_t> dispatch(nanoseconds timeout);

  /// Makes run() return after the current callback; it then returns 0 at once until restart().
  /// Any thread, and signal handlers.
  void stop() noexcept;
  bool stopped() const noexcept;
  void restart() noexcept;

  /// Calls `task` once from run(), on the loop's thread. Any thread, and signal handlers: lock-free.
  /// ENOBUFS when post_capacity posts wait already.
  Result<void> post(Task task) noexcept;
  /// Calls `task` at the end of this turn (or of the next, outside run). The loop's thread only.
  void defer(Task task);
  /// Request::cancel by ticket. Any thread, and signal handlers. A stale ticket does nothing.
  Result<void> request_cancel(Ticket ticket) noexcept;

  /// Monotonic time, constant within a turn.
  nanoseconds now() const noexcept;
  void update_now() noexcept;
  /// The earliest monotonic deadline, or `never`.
  nanoseconds next_deadline() const noexcept;

  /// Embedding in another loop: prepare() submits what waits and says how long to sleep at most
  /// (`never`: for ever); wait until fd() is readable or that is over; then run(no_wait).
  /// The loop owns fd(); it is -1 where the process has no descriptor left for it, and another one after after_fork().
  nanoseconds prepare() noexcept;
  int fd() const noexcept;

  /// In the child after fork(2), on the thread that will run the loop: a new ring or epoll. What
  /// was in flight completes as canceled in the child and goes on in the parent; timers go on.
  Result<void> after_fork();

  Backend backend() const noexcept;
  /// Why this backend: "io_uring", or what refused the ones before it.
  std::string_view backend_reason() const noexcept;
  Statistics statistics() const noexcept;

 private:
  friend struct detail::Access;
  friend class File;
  explicit Loop(std::unique_ptr<detail::Core> core) noexcept;
  std::unique_ptr<detail::Core> core_;
};

}  // namespace evt
