/// The ways to use timer, each in its own file. All of them get operands and options that were checked.
#pragma once

#include "timer/session.hpp"

namespace evtool::timer {

/// `timer DURATION…`
Exit sleep(Session& session, Duration total);

}  // namespace evtool::timer
