/// The one handler, and the lists it walks without a lock: a node that left is not touched once no handler runs
/// that may have seen it. Handlers interrupt anybody anywhere, so that they wait for nobody.
#include "process/signal_table.hpp"

#include "loop/access.hpp"
#include "loop/core.hpp"

#include <pthread.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

namespace evt::detail {

namespace {

struct Entry {
  std::atomic<SignalNode*> first{nullptr};
  std::atomic<unsigned> handlers{0};  // That run now, in any thread.
  struct sigaction before{};          // Guarded by `changing`; of use while there is a node.
};

constexpr int last_signal = 64;
constinit std::array<Entry, last_signal + 1> table;
constinit std::mutex changing;  // Of lists and dispositions. Handlers never take it.

bool names_a_sender(const siginfo_t& info) noexcept {
  if (info.si_signo == SIGCHLD && info.si_code > 0) return true;
  return info.si_code == SI_USER || info.si_code == SI_QUEUE || info.si_code == SI_TKILL || info.si_code == SI_MESGQ;
}

std::int64_t value_of(const siginfo_t& info) noexcept {
  if (info.si_signo == SIGCHLD && info.si_code > 0) return info.si_status;
  const bool has_value = info.si_code == SI_QUEUE || info.si_code == SI_MESGQ || info.si_code == SI_TIMER;
  return has_value ? reinterpret_cast<std::intptr_t>(info.si_value.sival_ptr) : 0;
}

/// Of two threads handling the same signal at once, one tells who sent it.
void note(SignalNode& node, const siginfo_t& info) noexcept {
  std::uint32_t even = node.sequence & ~1U;
  if (node.sequence.compare_exchange_strong(even, even + 1)) {
    const bool named = names_a_sender(info);
    const auto process = static_cast<std::uint32_t>(named ? info.si_pid : 0);
    node.sender = std::uint64_t{process} << 32 | (named ? info.si_uid : 0);
    node.value = value_of(info);
    node.code = info.si_code;
    node.sequence = even + 2;
  }
  ++node.count;
  node.wake->notify();
}

void handle(int signal, siginfo_t* info, void*) noexcept {
  Entry& entry = table[static_cast<std::size_t>(signal)];
  ++entry.handlers;
  for (SignalNode* node = entry.first; node != nullptr; node = node->next)
    note(*node, *info);
  --entry.handlers;
}

bool is_ours(const struct sigaction& action) noexcept {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == &handle;
}

int install(Entry& entry, int signal) noexcept {
  if (sigaction(signal, nullptr, &entry.before) != 0) return errno;
  struct sigaction action{};
  action.sa_sigaction = &handle;
  // System calls of others go on. Children that nobody waits for go away as before.
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | (entry.before.sa_flags & (SA_NOCLDSTOP | SA_NOCLDWAIT));
  if (signal == SIGCHLD && (entry.before.sa_flags & SA_SIGINFO) == 0 && entry.before.sa_handler == SIG_IGN) {
    action.sa_flags |= SA_NOCLDWAIT;
  }
  return sigaction(signal, &action, nullptr) == 0 ? 0 : errno;
}

/// Unless somebody else has put a handler of his own there.
void restore(const Entry& entry, int signal) noexcept {
  struct sigaction now{};
  if (sigaction(signal, nullptr, &now) == 0 && is_ours(now)) sigaction(signal, &entry.before, nullptr);
}

sigset_t mask_before_fork;  // Guarded by `changing`.

/// A fork finds the table at rest, and its child has none of its signals handled.
void before_fork() noexcept {
  changing.lock();
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask_before_fork);
}

void after_fork_in_parent() noexcept {
  pthread_sigmask(SIG_SETMASK, &mask_before_fork, nullptr);
  changing.unlock();
}

void after_fork_in_child() noexcept {
  for (int signal = 1; signal <= last_signal; ++signal) {
    Entry& entry = table[static_cast<std::size_t>(signal)];
    if (entry.first != nullptr) restore(entry, signal);
    entry.first = nullptr;
    entry.handlers = 0;  // Of threads that are not here.
  }
  after_fork_in_parent();
}

bool raised_by_faults(int signal) noexcept {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

bool blocked_here(const Core& core, int signal) noexcept {
  sigset_t mask;
  return core.signal_mask.contains(signal) ||
         (pthread_sigmask(SIG_BLOCK, nullptr, &mask) == 0 && sigismember(&mask, signal) == 1);
}

}  // namespace

int join_signal(SignalNode& node, int signal) noexcept {
  if (signal < 1 || signal > last_signal || raised_by_faults(signal)) return EINVAL;
  Core& core = *Access::core(*node.wake);
  node.blocked = blocked_here(core, signal);
  const std::lock_guard lock(changing);
  static const int watching_forks = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  if (watching_forks != 0) return watching_forks;
  Entry& entry = table[static_cast<std::size_t>(signal)];
  if (entry.first == nullptr) {
    if (const int error = install(entry, signal); error != 0) return error;
  }
  node.count = 0;
  node.signal = signal;
  node.next = entry.first.load();
  entry.first = &node;
  if (node.blocked) core.signal_mask.insert(signal);
  return 0;
}

void leave_signal(SignalNode& node) noexcept {
  if (node.signal == 0) return;
  const std::lock_guard lock(changing);
  Entry& entry = table[static_cast<std::size_t>(node.signal)];
  Core* const core = Access::core(*node.wake);
  bool still_wanted = false;
  std::atomic<SignalNode*>* link = &entry.first;
  for (SignalNode* each = *link; each != nullptr; each = each->next) {
    if (each == &node) {
      *link = node.next.load();
    } else {
      link = &each->next;
      still_wanted = still_wanted || (each->blocked && Access::core(*each->wake) == core);
    }
  }
  if (entry.first == nullptr) restore(entry, node.signal);
  if (node.blocked && !still_wanted && core != nullptr) core->signal_mask.remove(node.signal);
  // A handler that began before may still be at `node`, or on its way there.
  while (entry.handlers != 0)
    std::this_thread::yield();
  node.signal = 0;
}

bool take_signal(SignalNode& node, SignalInfo& info) noexcept {
  info.signal = node.signal;
  info.count = node.count.exchange(0);
  if (info.count == 0) return false;
  std::uint32_t before = 0;
  do {
    before = node.sequence;
    const std::uint64_t sender = node.sender;
    info.sender = static_cast<pid_t>(sender >> 32);
    info.user = static_cast<uid_t>(sender);
    info.value = node.value;
    info.code = node.code;
  } while ((before & 1U) != 0 || node.sequence != before);
  return true;
}

}  // namespace evt::detail
