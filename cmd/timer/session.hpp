/// What the ways to use timer share: the loop, when the run began, how late it was, and how it ends.
#pragma once

#include "context.hpp"
#include "timer/lateness.hpp"
#include "timer/settings.hpp"
#include <evt/loop.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace evtool::timer {

class Session {
 public:
  Session(Context& context, const Settings& settings);

  /// Makes the loop; false when that failed, which was said.
  bool open();
  evt::Loop& loop() { return *loop_; }

  /// Runs the loop until nothing is left to wait for, or end().
  void run_loop();
  /// Lets run_loop() return after the current callback.
  void end(Exit exit);
  /// Prints what was asked for, and says how the process ends.
  Exit finish(std::string_view mode);

  /// What --stats, --verbose and an interruption print, such as "12 ticks"; nothing where it is empty.
  std::string summary;
  Context& context;
  const Settings& settings;
  const evt::nanoseconds started;  // Monotonic.
  Lateness lateness;
  bool timed_out = false;
  Exit failure = Exit::failed;  // How the process ends where we could not do our work.
  std::uint64_t runs = 0;
  std::uint64_t skipped = 0;
  std::uint64_t missed = 0;

  /// For what is to be random.
  static std::uint64_t seed();

 private:
  void print_summary() const;
  bool report(std::string_view mode) const;

  evt::Loop* loop_ = nullptr;
  Exit exit_ = Exit::done;
};

}  // namespace evtool::timer
