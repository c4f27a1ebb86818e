/// Process, spawn and ProcessRequest: starting processes, signalling them, and waiting for any of them to end.
#pragma once

#include <evt/composed_request.hpp>
#include <evt/fd.hpp>
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/timer.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

namespace evt {

/// A process by its pidfd, whoever started it: never another one that got its number later. Movable; any thread.
/// Destroying it neither ends nor reaps the process.
class Process {
 public:
  /// What has ended and was reaped is ESRCH.
  static Result<Process> open(pid_t id) noexcept;
  /// Takes a pidfd of process `id`.
  Process(pid_t id, Fd pidfd) noexcept : id_(id), fd_(std::move(pidfd)) {}

  pid_t id() const noexcept { return id_; }
  /// The pidfd, which stays the Process's. Close-on-exec.
  int fd() const noexcept { return fd_.get(); }
  /// Sends a signal, 0 to see whether that is allowed. ESRCH once the process was reaped, EPERM.
  Result<void> kill(int signal) const noexcept;

 private:
  pid_t id_;
  Fd fd_;
};

/// How a process ended.
struct ProcessStatus {
  /// unknown: not our child, and its parent has not reaped it, or before Linux 6.15.
  enum class Kind : std::uint8_t { exited, signaled, unknown };
  Kind kind = Kind::unknown;
  int code = 0;  ///< The exit status, or the signal.
  bool core_dumped = false;
  std::optional<rusage> usage{};  ///< Of children only: their own and their reaped children's.
};

/// Waits for a process to end. A child is reaped, unless somebody else does so first; no other child is touched. The
/// status of any other process is known to the kernel only once its parent has reaped it (Linux 6.15): when it ended,
/// this much longer is waited for that, then the status is unknown.
class ProcessRequest : public ComposedRequest<ProcessRequest, ProcessStatus> {
 public:
  static constexpr nanoseconds default_reap_grace = std::chrono::milliseconds{100};

  explicit ProcessRequest(Loop& loop) noexcept;
  ~ProcessRequest();

  /// `process` is borrowed until the request completes. A process that has ended is waited for like any other.
  Ticket wait(const Process& process, Done done) noexcept { return wait(process, default_reap_grace, done); }
  Ticket wait(const Process& process, nanoseconds reap_grace, Done done) noexcept;

 private:
  friend ComposedRequest;
  void start() noexcept;
  void cancel_parts() noexcept;
  void settle_parts() noexcept;
  void on_event(const Result<std::size_t>& event) noexcept;
  void on_timer(const Result<std::uint64_t>& fired) noexcept;
  void look() noexcept;
  void end(Result<ProcessStatus> result) noexcept;

  int pidfd_ = -1;
  bool ended_ = false;  // Seen by poll(2): what follows is about its status.
  nanoseconds reap_grace_{0};
  File file_;
  IoRequest event_;  // readable: it ended; then writable, which a pidfd never is: it was reaped.
  Timer timer_;
};

/// What happens to one descriptor of a child, in the order given: `source` is duplicated to `target`, or `path` is
/// opened as `target`, or else `target` is closed. Whatever is close-on-exec and not a target is closed anyway.
struct FileAction {
  int target = -1;
  int source = -1;
  const char* path = nullptr;
  int flags = O_RDONLY;
  mode_t mode = 0666;
};

/// own_group: the child leads a new process group; own_session: a new session, without a terminal.
enum class ProcessGroup : std::uint8_t { inherit, own_group, own_session };

struct SpawnOptions {
  /// Ends with a null; there is at least one.
  const char* const* arguments = nullptr;
  /// What is executed, searched in our PATH if there is no slash in it. Null: the first argument.
  const char* program = nullptr;
  /// Ends with a null. Null: our environment.
  const char* const* environment = nullptr;
  /// Where the child starts, and what relative paths of `files` and `program` start from. Null: where we are.
  const char* directory = nullptr;
  std::span<const FileAction> files{};
  ProcessGroup group = ProcessGroup::inherit;
};

/// Starts a program. All signals have their default disposition in it and none is blocked, whatever we do with them.
/// The calling thread is held up until the program is executed (as by vfork(2)); memory is not copied. Any thread.
/// Fails with the errno and the name of what failed in the child, such as "execve" or "chdir", and leaves no child
/// then.
Result<Process> spawn(const SpawnOptions& options) noexcept;

}  // namespace evt
