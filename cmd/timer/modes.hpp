/// The ways to use timer, each in its own file. All of them get operands and options that were checked.
#pragma once

#include "timer/session.hpp"
#include <evt/time.hpp>

#include <cstdint>
#include <string_view>

namespace evtool::timer {

/// `timer DURATION…`, `timer at TIME`
struct Sleep {
  evt::Clock clock;
  evt::nanoseconds deadline;
};
Exit sleep(Session& session, std::string_view mode, const Sleep& sleep);

/// `timer every DURATION`
Exit ticks(Session& session, Duration interval);

/// `timer every DURATION -- CMD`, `timer at TIME -- CMD`. The exit code is that of the last run.
struct Recurrence {
  evt::Clock clock;
  evt::nanoseconds first;
  Duration interval;
  std::uint64_t most;  ///< How often it is run.
};
Exit runs(Session& session, std::string_view mode, const Recurrence& recurrence);

/// `timer timeout DURATION -- CMD`
Exit timeout(Session& session, Duration limit);

}  // namespace evtool::timer
