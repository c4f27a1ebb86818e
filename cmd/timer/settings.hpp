/// What the options of timer come to; the table that fills it is in timer.cpp.
#pragma once

#include "convert.hpp"
#include "signal_names.hpp"
#include "units.hpp"

#include <csignal>
#include <cstdint>
#include <optional>

namespace evtool {

namespace timer {

/// What becomes of a tick that comes while the command of an earlier one still runs.
enum class Overlap : std::uint8_t { skip, queue, kill };

struct Settings {
  std::optional<std::uint64_t> count;
  std::optional<Overlap> overlap;
  std::optional<Duration> splay;
  bool until_failure = false;
  bool until_success = false;
  bool screen = false;
  bool differences = false;
  std::optional<Duration> spin;
  std::optional<Signal> signal;
  std::optional<Duration> kill_after;
  bool preserve_status = false;
  bool foreground = false;
  bool announce = false;

  int term_signal() const { return signal ? signal->number : SIGTERM; }
};

}  // namespace timer

template <>
inline constexpr auto words<timer::Overlap> = std::to_array<std::string_view>({"skip", "queue", "kill"});

}  // namespace evtool
