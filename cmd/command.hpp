/// Commands that an applet runs: started with nothing of ours but descriptors 0–2, reached by signals, and their end
/// told as shells tell it. When to signal them, and what for, is the applet's.
#pragma once

#include "context.hpp"
#include <evt/process.hpp>
#include <evt/signal.hpp>

#include <cstdint>
#include <expected>
#include <list>
#include <span>

namespace evtool {

/// This thread's waits are not put off any more to be woken together with others (PR_SET_TIMERSLACK, 50 µs), and what
/// runs when they end does not run its slice of milliseconds to the end (sched_setattr(2), Linux 6.12).
/// start_command() gives commands the slack and the slice that we were given.
void wake_precisely();

/// Raises the soft RLIMIT_NOFILE to the hard one and returns what it is now. start_command() gives commands the soft
/// limit that we were given; while it does, we too have no more.
std::uint64_t raise_descriptor_limit();

struct CommandOptions {
  evt::ProcessGroup group = evt::ProcessGroup::inherit;
  std::span<const evt::FileAction> files{};
};

/// A command that was started.
class RunningCommand {
 public:
  RunningCommand(evt::Process process, evt::ProcessGroup group) : process_(std::move(process)), group_(group) {}

  const evt::Process& process() const { return process_; }
  bool has_own_group() const { return group_ != evt::ProcessGroup::inherit; }

  /// To the command alone, never to another process that got its number.
  void signal(int number) const { (void)process_.kill(number); }

  /// To the whole group, where the command has its own; to the command alone otherwise. Not once it was reaped: its
  /// number, which is the group's, may be another's by then.
  void signal_all(int number) const;

 private:
  evt::Process process_;
  evt::ProcessGroup group_;
};

/// Starts `words` (a null follows them). Where that fails, says why and returns the exit code for it: 127 not found,
/// 126 found but not to be executed, 125 no process to be had.
std::expected<RunningCommand, Exit> start_command(const Context& context, std::span<char* const> words,
                                                  const CommandOptions& options);

/// Whether we lead the foreground process group of our terminal. A command then has to stay in it, or it could not
/// read the terminal.
bool leads_foreground_group();

/// The exit code for a command that ended so: its own, or 128 + n for signal n.
Exit exit_of(const evt::ProcessStatus& status);

/// Ends by `signal` as the command did, but leaves no second core file: `return die_like_command(SIGQUIT);`
Exit die_like_command(int signal);

/// Hears of signals and tells `function`, once for those of a kind that came together. Those that our parent ignores
/// stay ignored.
class SignalWatch {
 public:
  struct Heard {
    void (*function)(void* context, const evt::SignalInfo& signal) = nullptr;
    void* context = nullptr;
  };

  SignalWatch(evt::Loop& loop, Heard heard) : loop_(loop), heard_(heard) {}

  void add(int signal);

  /// From now on `signal` does what it did before add(), such as kill us.
  void remove(int signal);

 private:
  struct Watched {
    Watched(evt::Loop& loop, int number) : signal(number), request(loop) {}
    int signal;
    evt::SignalRequest request;
  };
  void on_signal(evt::SignalRequest& request, const evt::Result<evt::SignalInfo>& info);

  evt::Loop& loop_;
  Heard heard_;
  std::list<Watched> watched_;
};

}  // namespace evtool
