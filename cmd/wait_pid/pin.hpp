/// Pinning: from a number, which may come to mean another process at any time, to a pidfd, which never does.
#pragma once

#include "wait_pid/target.hpp"
#include <evt/process.hpp>

#include <cstdint>
#include <expected>
#include <string>

namespace evtool::wait_pid {

/// gone: no such process, or another one has its number now. full: no descriptor is left. refused: `message` says why.
struct Unpinned {
  enum class Why : std::uint8_t { gone, full, refused };
  Why why = Why::gone;
  std::string message{};
};

/// Where `target` has an inode, only the process of that inode will do.
std::expected<evt::Process, Unpinned> pin(const Target& target);

/// The number of the pidfd's inode; 0 where the kernel gives all the same one (before Linux 6.9).
std::uint64_t inode_of(const evt::Process& process);

/// Whether the process has ended, reaped or not.
bool has_ended(const evt::Process& process);

}  // namespace evtool::wait_pid
