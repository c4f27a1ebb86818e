/// The applets there are.
#pragma once

#include "applet.hpp"

#include <span>
#include <string>
#include <string_view>

namespace evtool {

/// All applets, in the order of applets.def. The driver itself is not among them.
std::span<const Applet* const> applets();

/// The driver's own table: `evtool [OPTION…] APPLET`.
extern const Applet driver_applet;

/// The applet called `name`, or null.
const Applet* find_applet(std::string_view name);

/// Complains about an applet that is not there, naming the nearest.
Exit unknown_applet(std::string_view name);

/// Runs the applet that argv[0] or the first operand names.
Exit dispatch(std::span<char* const> arguments);

}  // namespace evtool
