/// Watch: waits for all targets at once, until enough of them have ended or the time is up.
#pragma once

#include "context.hpp"
#include "signals.hpp"
#include "wait_pid/journal.hpp"
#include "wait_pid/target.hpp"
#include "wait_pid/verdict.hpp"
#include <evt/process.hpp>
#include <evt/timer.hpp>
#include <evt/wake.hpp>

#include <deque>
#include <optional>
#include <span>
#include <string>

namespace evtool::wait_pid {

struct Rules {
  std::size_t needed = 0;  ///< This many have to end.
  Duration reap_grace{0};
  std::optional<Duration> timeout;
  bool gone_is_ended = false;  ///< What had ended before counts.
  bool inodes = false;         ///< Find out those that were not given.
};

class Watch {
 public:
  /// `targets` get their outcomes; all is borrowed.
  Watch(Context& context, evt::Loop& loop, std::span<Target> targets, const Rules& rules, Journal& journal);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  End run();

 private:
  struct Slot {
    Slot(evt::Loop& loop, Target& what, evt::Process which) : target(what), process(std::move(which)), request(loop) {}
    Target& target;
    evt::Process process;
    evt::ProcessRequest request;
  };

  void begin(Target& target);
  void wait(Slot& slot, Duration reap_grace);
  void on_status(evt::ProcessRequest& request, const evt::Result<evt::ProcessStatus>& result);
  void on_timeout();
  std::string progress() const;
  void end(Target& target, Outcome outcome);
  void refuse(Target& target, std::string_view why);
  bool is_over() const { return ended_ >= rules_.needed || active_ == 0; }

  Context& context_;
  evt::Loop& loop_;
  std::span<Target> targets_;
  Rules rules_;
  Journal& journal_;
  evt::nanoseconds started_;
  std::deque<Slot> slots_;
  std::size_t active_ = 0;  ///< Requests that are busy.
  std::size_t over_ = 0;    ///< Targets of which nothing more will come.
  std::size_t ended_ = 0;   ///< Those that count.
  bool timed_out_ = false;
  bool failed_ = false;
  evt::Timer timer_;
  evt::Wake asked_;
  ProgressHook hook_;
};

}  // namespace evtool::wait_pid
