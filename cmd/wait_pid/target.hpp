/// Target: one process that is waited for, and what became of it.
#pragma once

#include "units.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace evtool::wait_pid {

/// gone: it had ended before we looked. unknown: it ended, and nobody can tell us how.
enum class Outcome : std::uint8_t { running, exited, killed, unknown, gone };

struct Target {
  std::string operand;      ///< What named it.
  pid_t pid = 0;            ///< 0: there is no such process, not even a number.
  std::uint64_t inode = 0;  ///< Of its pidfd, which no other process ever has; 0 where that was not asked for.
  bool found = false;       ///< It was there once.
  Outcome outcome = Outcome::running;
  int code = 0;  ///< The exit status, or the signal.
  bool core_dumped = false;
  Duration waited{0};
  std::size_t order = 0;  ///< The how-manieth to end.
};

/// The exit code that stands for how it ended, as a shell would tell it.
int code_of(const Target& target);

}  // namespace evtool::wait_pid
