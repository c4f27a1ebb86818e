/// Signals: dying by one so that the parent sees it, and SIGUSR1, which asks for a line of progress.
#pragma once

namespace evtool {

/// Whether the parent asked for `signal` to be ignored (nohup, `trap '' INT`): leave it so.
bool is_ignored(int signal);

/// Restores the default action of `signal`, unblocks and raises it. Returns 128 + signal where it is ignored and so
/// cannot kill us.
int die_by(int signal);

/// From now on SIGUSR1 does not kill: it is kept for progress_asked(). An inherited SIG_IGN stays.
void watch_progress_signal();

/// Whether SIGUSR1 came since the last call.
bool progress_asked();

/// `function` is called from the signal handler: async-signal-safe, such as Wake::notify().
struct ProgressHook {
  void (*function)(void* context) = nullptr;
  void* context = nullptr;
};

/// Calls `hook` at once when a SIGUSR1 is waiting, and at every later one. Borrowed until another hook or null is set.
void on_progress_signal(const ProgressHook* hook);

}  // namespace evtool
