/// What the options of wait-pid come to; the table that fills it is in wait_pid.cpp.
#pragma once

#include "convert.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace evtool::wait_pid {

/// Which of several exit statuses becomes ours.
enum class Summary : std::uint8_t { max, first, last };

struct Settings {
  bool all = false;
  bool any = false;
  std::optional<std::uint32_t> count;
  std::optional<Duration> timeout;
  bool exited_ok = false;
  std::optional<Summary> status;
  bool full = false;
  Duration reap_grace = std::chrono::seconds{1};
  bool tree = false;
  std::optional<Duration> kill_after;
};

}  // namespace evtool::wait_pid

namespace evtool {

template <>
inline constexpr auto words<wait_pid::Summary> = std::to_array<std::string_view>({"max", "first", "last"});

}  // namespace evtool
