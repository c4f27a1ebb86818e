/// sigaction(2), and the little state that a handler may touch.
#include "signals.hpp"

#include <atomic>
#include <csignal>

namespace evtool {
namespace {

constinit std::atomic<bool> asked = false;
constinit std::atomic<const ProgressHook*> hook_of_handler = nullptr;
static_assert(std::atomic<const ProgressHook*>::is_always_lock_free);

void handle(int) {
  asked.store(true, std::memory_order_relaxed);
  const ProgressHook* hook = hook_of_handler.load(std::memory_order_acquire);
  if (hook != nullptr) hook->function(hook->context);
}

sigset_t set_of(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

}  // namespace

bool is_ignored(int signal) {
  struct sigaction current{};
  return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

int die_by(int signal) {
  if (is_ignored(signal)) return 128 + signal;
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  const sigset_t set = set_of(signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  std::raise(signal);
  return 128 + signal;
}

void watch_progress_signal() {
  if (is_ignored(SIGUSR1)) return;
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

bool progress_asked() {
  return asked.exchange(false, std::memory_order_relaxed);
}

void on_progress_signal(const ProgressHook* hook) {
  hook_of_handler.store(hook, std::memory_order_release);
  if (hook != nullptr && asked.load(std::memory_order_relaxed)) hook->function(hook->context);
}

}  // namespace evtool
