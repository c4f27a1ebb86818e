/// Child: the command of a run, at most one at a time, and the signals that may still reach it.
#pragma once

#include "command.hpp"
#include "timer/session.hpp"
#include <evt/process.hpp>

#include <optional>
#include <span>

namespace evtool::timer {

class Child {
 public:
  struct Ended {
    void (*function)(void* context, const evt::ProcessStatus& status) = nullptr;
    void* context = nullptr;
  };

  Child(Session& session, evt::ProcessGroup group, Ended ended)
      : session_(session), group_(group), ended_(ended), request_(session.loop()) {}

  /// Starts the command of the command line; false when that failed: it was said, and the run ends with its exit code.
  [[nodiscard]] bool start(std::span<const evt::FileAction> files = {});

  /// Until it was reaped, which comes before anybody is told: its number may be another's from then on.
  bool is_there() const { return there() != nullptr; }
  bool is_running() const { return command_.has_value(); }
  bool has_own_group() const { return group_ != evt::ProcessGroup::inherit; }

  /// To it alone, or to its group if it has its own; nothing where it is not there any more.
  void signal(int number) const;
  void signal_all(int number) const;
  /// What a terminal sent to our group has reached a command in it too.
  void pass_on(const evt::SignalInfo& info) const;

 private:
  const RunningCommand* there() const {
    return command_ && request_.state() != evt::Request::State::ready ? &*command_ : nullptr;
  }
  void on_end(const evt::Result<evt::ProcessStatus>& status);

  Session& session_;
  evt::ProcessGroup group_;
  Ended ended_;
  std::optional<RunningCommand> command_;
  evt::ProcessRequest request_;
};

/// A group of its own, so that all of it can be signalled; but ours where a command could not read the terminal
/// otherwise.
evt::ProcessGroup group_for_commands();

}  // namespace evtool::timer
