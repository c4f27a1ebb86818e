/// Family: a command of ours and all that descends from it. What it leaves behind becomes our child, as we are its
/// subreaper, so that it can be waited for, and ended.
#pragma once

#include "command.hpp"
#include "context.hpp"
#include <evt/timer.hpp>

#include <sys/types.h>

#include <cstddef>
#include <expected>
#include <set>
#include <vector>

namespace evtool::wait_pid {

class Family {
 public:
  Family(Context& context, evt::Loop& loop);
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  /// Starts the command, to which signals are passed on from now on. Its process is for the caller to wait for.
  std::expected<evt::Process, Exit> start();

  /// Reaps those descendants that have become our children, and, once they are to end, tells the others. To be called
  /// whenever something has happened.
  void collect();

  /// Ends the command and all descendants: SIGTERM, and after `grace` SIGKILL.
  void end(Duration grace);

  /// Neither the command nor anything that descends from it is left; as of the last collect().
  bool is_empty() const { return left_.empty(); }

  /// How many were reaped, the command not counted.
  std::size_t reaped() const { return reaped_; }

 private:
  bool reap(pid_t pid);
  void tell(pid_t pid);
  void look_every(Duration interval);
  void pass_on(const evt::SignalInfo& signal);
  void let_go();
  void on_grace_over();
  bool command_is_left() const;

  Context& context_;
  SignalWatch signals_;
  evt::Timer grace_;
  evt::Timer tick_;
  RunningCommand command_{evt::Process(0, evt::Fd()), evt::ProcessGroup::inherit};
  std::set<pid_t> strangers_;  ///< Our children that were there before, or that we may not end.
  std::vector<pid_t> left_;
  std::set<pid_t> told_;  ///< By `ending_`.
  int ending_ = 0;        ///< The signal that ends them.
  std::size_t reaped_ = 0;
};

}  // namespace evtool::wait_pid
