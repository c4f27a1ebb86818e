/// Which way to use timer the operands ask for, and what does not go with it: options that would be ignored are
/// refused.
#pragma once

#include "context.hpp"
#include "timer/settings.hpp"

#include <cstdint>
#include <string_view>

namespace evtool::timer {

enum class Mode : std::uint8_t { sleep, every, at, timeout };

Mode mode_of(std::string_view first_operand);

/// Whether the command line is wrong; then that was said.
bool refused(const Context& context, const Settings& settings, Mode mode);

}  // namespace evtool::timer
