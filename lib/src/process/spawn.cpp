/// spawn(): a child that shares our memory until it executes its program, so that a large process pays no more than
/// a small one. Everything the child does in between is a plain system call.
#include "process/kernel.hpp"
#include <evt/process.hpp>

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

// clone(2) by the name that no sanitizer puts something of its own behind: to ThreadSanitizer it is a fork. It has no
// header. NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" int __clone(int (*function)(void*), void* stack, int flags, void* argument, ...) noexcept;

// The child runs on our thread's data, and not in the eyes of a sanitizer.
#define EVT_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

namespace evt {

namespace {

using AllSignals = std::uint64_t;  // As the kernel knows them: the C library's own included.

struct Plan {
  const SpawnOptions& options;
  const char* program;
  const char* const* environment;
  const char* path;  // PATH, or null where it is not searched.
  const char* failed = nullptr;
  int error = 0;
};

EVT_IN_CHILD bool step(Plan& plan, const char* name, long result) noexcept {
  if (result >= 0) return true;
  plan.failed = name;
  plan.error = errno;
  return false;
}

/// Handlers of ours must not run in the child, which has our memory; what is ignored would stay so after exec.
EVT_IN_CHILD void reset_signals() noexcept {
  // struct sigaction of the kernel: handler, flags, restorer, mask.
  const std::uint64_t standard[4]{};
  for (int signal = 1; signal <= 64; ++signal)
    syscall(SYS_rt_sigaction, signal, standard, nullptr, sizeof(AllSignals));
}

EVT_IN_CHILD bool act(Plan& plan, const FileAction& action) noexcept {
  if (action.path != nullptr) {
    const long fd = syscall(SYS_openat, AT_FDCWD, action.path, action.flags & ~O_CLOEXEC, action.mode);
    if (!step(plan, "open", fd)) return false;
    if (fd == action.target) return true;
    if (!step(plan, "dup", syscall(SYS_dup3, fd, action.target, 0))) return false;
    return step(plan, "close", syscall(SYS_close, fd));
  }
  if (action.source < 0) return step(plan, "close", syscall(SYS_close, action.target));
  if (action.source == action.target) return step(plan, "dup", syscall(SYS_fcntl, action.target, F_SETFD, 0));
  return step(plan, "dup", syscall(SYS_dup3, action.source, action.target, 0));
}

/// Whether the search goes on after execve(2) failed with `error`.
EVT_IN_CHILD bool not_here(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENAMETOOLONG || error == ELOOP ||
         error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

/// "FOLDER/NAME"; an empty folder is where we are. False when it does not fit.
EVT_IN_CHILD bool join(char (&target)[PATH_MAX], std::string_view folder, const char* name) noexcept {
  std::size_t size = 0;
  for (const char* from = folder.begin(); from != folder.end() && size < sizeof target; ++from)
    target[size++] = *from;
  if (!folder.empty() && size < sizeof target) target[size++] = '/';
  for (const char* from = name; size < sizeof target; ++from) {
    target[size++] = *from;
    if (*from == '\0') return true;
  }
  return false;
}

/// As execvp(3) searches, but what is no program the kernel knows is not taken for a shell script.
EVT_IN_CHILD void execute(Plan& plan) noexcept {
  if (plan.path == nullptr) {
    syscall(SYS_execve, plan.program, plan.options.arguments, plan.environment);
    step(plan, "execve", -1);
    return;
  }
  char candidate[PATH_MAX];
  bool forbidden = false;
  for (const char* start = plan.path; start != nullptr;) {
    const char* end = start;
    while (*end != '\0' && *end != ':')
      ++end;
    if (join(candidate, {start, static_cast<std::size_t>(end - start)}, plan.program)) {
      syscall(SYS_execve, candidate, plan.options.arguments, plan.environment);
    } else {
      errno = ENAMETOOLONG;
    }
    if (!not_here(errno)) break;
    forbidden = forbidden || errno == EACCES;
    start = *end == ':' ? end + 1 : nullptr;
  }
  if (forbidden && not_here(errno)) errno = EACCES;
  step(plan, "execve", -1);
}

EVT_IN_CHILD bool prepare(Plan& plan) noexcept {
  const SpawnOptions& options = plan.options;
  if (options.group == ProcessGroup::own_group && !step(plan, "setpgid", syscall(SYS_setpgid, 0, 0))) return false;
  if (options.group == ProcessGroup::own_session && !step(plan, "setsid", syscall(SYS_setsid))) return false;
  if (options.directory != nullptr && !step(plan, "chdir", syscall(SYS_chdir, options.directory))) return false;
  const FileAction* const actions = options.files.data();
  for (std::size_t index = 0; index < options.files.size(); ++index) {
    if (!act(plan, actions[index])) return false;
  }
  return true;
}

EVT_IN_CHILD int child(void* context) noexcept {
  Plan& plan = *static_cast<Plan*>(context);
  reset_signals();
  if (prepare(plan)) {
    const AllSignals none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
    execute(plan);
  }
  for (;;)
    syscall(SYS_exit_group, 127);
}

}  // namespace

Result<Process> spawn(const SpawnOptions& options) noexcept {
  if (options.arguments == nullptr || options.arguments[0] == nullptr) {
    return std::unexpected(errno_error("spawn", EINVAL));
  }
  Plan plan{.options = options,
            .program = options.program != nullptr ? options.program : options.arguments[0],
            .environment = options.environment != nullptr ? options.environment : environ,
            .path = nullptr};
  if (std::strchr(plan.program, '/') == nullptr) {
    const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    plan.path = path != nullptr ? path : "/bin:/usr/bin";
    if (*plan.program == '\0') return std::unexpected(errno_error("execve", ENOENT));
  }
  alignas(64) std::array<std::byte, 16384> stack;
  // Until it has its own dispositions the child must not run our handlers.
  const AllSignals all = ~AllSignals{0};
  AllSignals before = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
  int pidfd = -1;
  const pid_t id =
      __clone(child, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
  const int error = errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, nullptr, sizeof before);
  if (id < 0) return std::unexpected(errno_error("clone", error));
  Process process(id, Fd{pidfd});
  if (plan.error == 0) return process;
  siginfo_t info{};
  while (syscall(SYS_waitid, detail::wait_by_pidfd, pidfd, &info, WEXITED, nullptr) != 0 && errno == EINTR) {
  }
  return std::unexpected(errno_error(plan.failed, plan.error));
}

}  // namespace evt
