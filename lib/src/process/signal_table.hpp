/// The process's table of signals: who is told of each, and the disposition it had before.
#pragma once

#include <evt/signal.hpp>

namespace evt::detail {

class Core;

/// `node` is told of `signal` from now on, by count and wake. 0, or an errno. Any thread.
int join_signal(SignalNode& node, int signal) noexcept;

/// Nobody touches `node` any more; the last one of its signal gives back the disposition. Any thread.
void leave_signal(SignalNode& node) noexcept;

/// Takes what was told to `node` since the last call; false when nothing was.
bool take_signal(SignalNode& node, SignalInfo& info) noexcept;

}  // namespace evt::detail
