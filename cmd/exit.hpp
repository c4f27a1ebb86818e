/// How a run ends: exit codes shared by all applets, and endings by a signal. Applets with codes of
/// their own (dnsq, dial) make them with exit_code().
#pragma once

namespace evtool {

enum class Exit : int {
  done = 0,
  failed = 1,
  usage = 2,
  timed_out = 124,
  internal = 125,        ///< where a command is run: the tool itself failed
  not_executable = 126,  ///< where a command is run: found, but it cannot be run
  not_found = 127,       ///< no such applet, command or process
};

constexpr Exit exit_code(int code) {
  return static_cast<Exit>(code & 0xff);
}

inline constexpr int signal_flag = 0x100;

/// The run ends by `signal`: the driver finishes its own work (statistics, trace), then the process
/// dies by it, so that the parent sees the truth.
constexpr Exit died_by(int signal) {
  return static_cast<Exit>(signal_flag | signal);
}

}  // namespace evtool
