/// What the options of timer come to; the table that fills it is in timer.cpp.
#pragma once

#include "units.hpp"

#include <optional>

namespace evtool::timer {

struct Settings {
  std::optional<Duration> spin;
};

}  // namespace evtool::timer
