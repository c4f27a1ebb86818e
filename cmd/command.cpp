/// Around evt::spawn(): what we changed for ourselves is changed back for the moment in which a command is started.
#include "command.hpp"

#include "output.hpp"
#include "signals.hpp"
#include "slice.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <optional>
#include <string_view>

namespace evtool {
namespace {

// What we were given, where we changed it.
constinit std::optional<int> slack_ns;
constinit std::uint64_t slice_ns = 0;
constinit std::optional<rlim_t> descriptors;

/// The shortest there is.
constexpr std::uint64_t short_slice_ns = 100'000;

rlim_t set_soft_limit(rlim_t soft) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return soft;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = soft;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  return before;
}

/// A child inherits these when it is made.
class AsGiven {
 public:
  AsGiven() {
    if (slack_ns) ::prctl(PR_SET_TIMERSLACK, *slack_ns);
    if (slice_ns != 0) set_time_slice(slice_ns);
    if (descriptors) raised_ = set_soft_limit(*descriptors);
  }
  ~AsGiven() {
    if (slack_ns) ::prctl(PR_SET_TIMERSLACK, 1);
    if (slice_ns != 0) set_time_slice(short_slice_ns);
    if (descriptors) set_soft_limit(raised_);
  }
  AsGiven(const AsGiven&) = delete;
  AsGiven& operator=(const AsGiven&) = delete;

 private:
  rlim_t raised_ = 0;
};

/// What our parent left open is ours; commands get 0–2.
void keep_descriptors_to_ourselves() {
  constexpr unsigned close_on_exec = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11.
  if (::syscall(SYS_close_range, 3U, UINT_MAX, close_on_exec) == 0) return;
  for (int fd = 3; fd < 1024; ++fd)
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/// Where the parent ignores SIGCHLD children leave no status behind.
void keep_statuses() {
  if (is_ignored(SIGCHLD)) std::signal(SIGCHLD, SIG_DFL);
}

Exit exit_of(const evt::Error& error) {
  if (std::string_view(error.operation) != "execve") return Exit::internal;
  return error.code == std::errc::no_such_file_or_directory ? Exit::not_found : Exit::not_executable;
}

}  // namespace

void wake_precisely() {
  if (!slack_ns) slack_ns = ::prctl(PR_GET_TIMERSLACK);
  ::prctl(PR_SET_TIMERSLACK, 1);
  if (slice_ns == 0) slice_ns = time_slice();
  if (slice_ns != 0) set_time_slice(short_slice_ns);
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const auto before = set_soft_limit(limit.rlim_max);
  if (!descriptors) descriptors = before;
  return limit.rlim_max;
}

void RunningCommand::signal_all(int number) const {
  const pid_t id = process_.id();
  if (!has_own_group()) return signal(number);
  // It may have left its group.
  if (::getpgid(id) != id) signal(number);
  ::kill(-id, number);
}

std::expected<RunningCommand, Exit> start_command(const Context& context, std::span<char* const> words,
                                                  const CommandOptions& options) {
  keep_descriptors_to_ourselves();
  keep_statuses();
  const AsGiven as_given;
  auto process = evt::spawn({.arguments = words.data(), .files = options.files, .group = options.group});
  if (process) return RunningCommand(std::move(*process), options.group);
  const auto exit = exit_of(process.error());
  if (exit == Exit::internal) {
    context.error("cannot start '{}': {}", words.front(), process.error().message());
  } else {
    context.error("{}: {}", words.front(), errno_text(process.error().code.value()));
  }
  return std::unexpected(exit);
}

bool leads_foreground_group() {
  if (::getpgrp() != ::getpid()) return false;
  const evt::Fd terminal(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
  return terminal && ::tcgetpgrp(terminal.get()) == ::getpgrp();
}

Exit exit_of(const evt::ProcessStatus& status) {
  switch (status.kind) {
    case evt::ProcessStatus::Kind::exited:
      return exit_code(status.code);
    case evt::ProcessStatus::Kind::signaled:
      return exit_code(128 + status.code);
    case evt::ProcessStatus::Kind::unknown:
      break;
  }
  return Exit::internal;
}

Exit die_like_command(int signal) {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  return died_by(signal);
}

void SignalWatch::add(int signal) {
  if (is_ignored(signal)) return;
  auto& watched = watched_.emplace_back(loop_, signal);
  if (!watched.request.wait(signal, evt::bind<&SignalWatch::on_signal>(*this))) watched_.pop_back();
}

void SignalWatch::remove(int signal) {
  watched_.remove_if([signal](const Watched& watched) { return watched.signal == signal; });
}

void SignalWatch::on_signal(evt::SignalRequest& request, const evt::Result<evt::SignalInfo>& info) {
  if (!info) return;
  // Before anybody is told: what is told may remove() the request.
  request.wait(info->signal, evt::bind<&SignalWatch::on_signal>(*this));
  heard_.function(heard_.context, *info);
}

}  // namespace evtool
