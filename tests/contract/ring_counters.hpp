/// What the kernel itself counts about an io_uring, from fdinfo: entries submitted and completed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace evt::contract {

struct RingCounters {
  std::uint32_t submitted = 0;
  std::uint32_t completed = 0;
};

/// Of the only ring this process has; nothing where there is none or /proc does not tell.
inline std::optional<RingCounters> ring_counters() {
  namespace fs = std::filesystem;
  std::optional<std::string> ring;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", error)) {
    const fs::path target = fs::read_symlink(entry.path(), error);
    if (target == "anon_inode:[io_uring]") ring = entry.path().filename();
  }
  if (!ring) return std::nullopt;
  std::ifstream info("/proc/self/fdinfo/" + *ring);
  RingCounters counters;
  int found = 0;
  std::string key;
  std::uint64_t value = 0;
  while (info >> key) {
    if (key != "SqTail:" && key != "CqTail:") continue;
    if (!(info >> value)) break;
    (key == "SqTail:" ? counters.submitted : counters.completed) = static_cast<std::uint32_t>(value);
    ++found;
  }
  if (found != 2) return std::nullopt;
  return counters;
}

}  // namespace evt::contract
