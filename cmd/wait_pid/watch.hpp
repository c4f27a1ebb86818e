/// Watch: waits for all targets at once, until enough of them have ended or the time is up.
#pragma once

#include "context.hpp"
#include "signals.hpp"
#include "wait_pid/family.hpp"
#include "wait_pid/journal.hpp"
#include "wait_pid/target.hpp"
#include "wait_pid/verdict.hpp"
#include <evt/process.hpp>
#include <evt/timer.hpp>
#include <evt/wake.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evtool::wait_pid {

struct Rules {
  std::size_t needed = 0;  ///< This many have to end.
  Duration reap_grace{0};
  std::optional<Duration> timeout;
  bool gone_is_ended = false;  ///< What had ended before counts.
  bool inodes = false;         ///< Find out those that were not given.
  bool tree = false;           ///< Nothing of the family may be left.
  Duration kill_after{0};      ///< Between SIGTERM and SIGKILL for the family, at the time limit.
};

class Watch {
 public:
  /// `targets` get their outcomes; all is borrowed.
  Watch(Context& context, evt::Loop& loop, std::span<Target> targets, const Rules& rules, Journal& journal);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// A command of ours, the last of `targets`, and what descends from it; before run().
  void adopt(Family& family, evt::Process command);

  End run();

 private:
  struct Slot {
    explicit Slot(evt::Loop& loop) : request(loop) {}
    Target* target = nullptr;
    evt::Process process{0, evt::Fd()};
    evt::ProcessRequest request;
  };

  void begin(Target& target);
  void begin_with(Target& target, evt::Process process);
  void wait(Slot& slot);
  void give_back(Slot& slot);
  void on_status(evt::ProcessRequest& request, const evt::Result<evt::ProcessStatus>& result);
  void take(Slot& slot, const evt::Result<evt::ProcessStatus>& result);
  void on_timeout();

  // Those for whom there is no descriptor, in watch_rest.cpp.
  void make_room();
  void put_off(Target& target);
  void look_at_rest();
  evt::Action on_tick();
  void begin_rest();

  void missing(Target& target);
  void end(Target& target, Outcome outcome);
  void refuse(Target& target, std::string_view why);
  std::string progress() const;
  bool is_over() const;
  bool turn();
  bool is_command(const Target& target) const { return family_ != nullptr && &target == &targets_.back(); }
  bool is_crowded() const { return most_slots_ != SIZE_MAX; }
  std::size_t slots_in_use() const { return slots_.size() - free_.size(); }

  Context& context_;
  evt::Loop& loop_;
  std::span<Target> targets_;
  Rules rules_;
  Journal& journal_;
  Family* family_ = nullptr;
  evt::nanoseconds started_;
  std::deque<Slot> slots_;
  std::vector<Slot*> free_;
  std::size_t most_slots_ = SIZE_MAX;  ///< Less once there were not enough descriptors.
  std::deque<Target*> rest_;           ///< Without a descriptor, and looked at now and then.
  std::size_t over_ = 0;               ///< Targets of which nothing more will come.
  std::size_t ended_ = 0;              ///< Those that count.
  bool limit_is_raised_ = false;
  bool timed_out_ = false;
  bool failed_ = false;
  evt::Timer timer_;
  evt::Timer tick_;
  evt::Wake asked_;
  ProgressHook hook_;
};

}  // namespace evtool::wait_pid
