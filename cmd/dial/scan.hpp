/// dial -z of several ports, and of datagrams: which are open.
#pragma once

#include "context.hpp"
#include "dial/plan.hpp"
#include "dial/settings.hpp"
#include <evt/loop.hpp>

namespace evtool::dial {

/// Prints a line for each port that is open; done when there is one.
Exit scan(Context& context, const Settings& settings, const Plan& plan, evt::Loop& loop);

}  // namespace evtool::dial
