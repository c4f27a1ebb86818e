/// What all that happened comes to as an exit code.
#pragma once

#include "exit.hpp"
#include "wait_pid/settings.hpp"
#include "wait_pid/target.hpp"

#include <cstdint>
#include <span>

namespace evtool::wait_pid {

/// How the waiting came to its end. short_of: fewer have ended than were asked for, and no more can.
enum class End : std::uint8_t { enough, short_of, timed_out, failed };

/// The exit code, and whether it is the code of a process.
struct Verdict {
  Exit exit = Exit::done;
  bool of_process = false;
};

Verdict verdict_of(std::span<const Target> targets, End end, const Settings& settings);

}  // namespace evtool::wait_pid
