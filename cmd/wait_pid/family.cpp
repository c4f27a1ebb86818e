/// Only our own children are signalled and reaped: their numbers cannot come to mean others before we have reaped
/// them. Ending goes down the tree by itself, as the children of what has ended become ours.
#include "wait_pid/family.hpp"

#include "output.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

namespace evtool::wait_pid {
namespace {

/// What asks a process to end or tells it something, and comes from others than the kernel.
constexpr int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGWINCH};

/// All children of this process, which has one thread that starts any; zombies too.
std::set<pid_t> children() {
  const auto self = std::to_string(::getpid());
  const evt::Fd file(::open(("/proc/self/task/" + self + "/children").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> part;
  for (ssize_t size = 0; (size = ::read(file.get(), part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(size));
  std::set<pid_t> pids;
  pid_t number = 0;
  for (const char byte : text) {
    if (byte >= '0' && byte <= '9') {
      number = number * 10 + (byte - '0');
    } else if (number != 0) {
      pids.insert(std::exchange(number, 0));
    }
  }
  return pids;
}

void keep_only(std::set<pid_t>& some, const std::set<pid_t>& all) {
  std::erase_if(some, [&all](pid_t pid) { return !all.contains(pid); });
}

}  // namespace

Family::Family(Context& context, evt::Loop& loop)
    : context_(context),
      signals_(loop, {.function = [](void* family,
                                     const evt::SignalInfo& signal) { static_cast<Family*>(family)->pass_on(signal); },
                      .context = this}),
      grace_(loop),
      tick_(loop) {}

std::expected<evt::Process, Exit> Family::start() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  strangers_ = children();
  for (const int signal : passed_on)
    signals_.add(signal);
  auto started = start_command(context_, context_.command, {});
  if (!started) return std::unexpected(started.error());
  // Not before: start_command() sees to it that children leave a status behind.
  signals_.add(SIGCHLD);
  const pid_t pid = started->process().id();
  evt::Fd pidfd(::fcntl(started->process().fd(), F_DUPFD_CLOEXEC, 3));
  if (!pidfd || !children().contains(pid)) {
    context_.error("{}", pidfd ? "needs /proc/self/task/PID/children" : errno_text(errno));
    started->signal(SIGKILL);
    return std::unexpected(Exit::internal);
  }
  command_ = std::move(*started);
  left_.push_back(pid);
  return evt::Process(pid, std::move(pidfd));
}

void Family::collect() {
  const auto all = children();
  keep_only(strangers_, all);
  keep_only(told_, all);
  left_.clear();
  for (const pid_t pid : all) {
    if (strangers_.contains(pid) || reap(pid)) continue;
    left_.push_back(pid);
    tell(pid);
  }
  if (left_.empty()) {
    let_go();
  } else if (!command_is_left()) {
    look_every(std::chrono::seconds{1});
  }
}

bool Family::command_is_left() const {
  return std::ranges::find(left_, command_.process().id()) != left_.end();
}

/// Nobody tells when a descendant becomes our child; and signals alone keep no loop going.
void Family::look_every(Duration interval) {
  constexpr evt::Timer::Done again{
      .function = [](void*, evt::Timer&, evt::Result<std::uint64_t>) { return evt::Action::rearm; }};
  if (tick_.idle()) tick_.every(interval, again);
}

/// The command itself is for whoever waits for it.
bool Family::reap(pid_t pid) {
  if (pid == command_.process().id()) return false;
  if (::waitpid(pid, nullptr, WNOHANG | __WALL) != pid) return false;
  ++reaped_;
  return true;
}

void Family::tell(pid_t pid) {
  if (ending_ == 0 || !told_.insert(pid).second) return;
  if (::kill(pid, ending_) != 0 && errno == EPERM) {
    context_.error("{}: {}", pid, errno_text(EPERM));
    strangers_.insert(pid);
    left_.pop_back();
    return;
  }
  ::kill(pid, SIGCONT);
}

void Family::end(Duration grace) {
  ending_ = SIGTERM;
  if (grace != forever) grace_.after(grace, evt::bind<&Family::on_grace_over>(*this));
  look_every(std::chrono::milliseconds{50});
  collect();
}

void Family::on_grace_over() {
  ending_ = SIGKILL;
  told_.clear();
  collect();
}

/// The terminal sends its signals to the command too. Once that has ended they are for what is left of it, and then
/// for us.
void Family::pass_on(const evt::SignalInfo& signal) {
  if (signal.signal == SIGCHLD || signal.code == SI_KERNEL) return;
  if (command_is_left()) return command_.signal(signal.signal);
  for (const pid_t pid : left_)
    ::kill(pid, signal.signal);
  if (!left_.empty()) return;
  let_go();
  std::raise(signal.signal);
}

void Family::let_go() {
  tick_.cancel_sync();
  grace_.cancel_sync();
  for (const int signal : passed_on)
    signals_.remove(signal);
}

}  // namespace evtool::wait_pid
