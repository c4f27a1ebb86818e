/// From operands to targets, each process once.
#pragma once

#include "context.hpp"
#include "wait_pid/settings.hpp"
#include "wait_pid/target.hpp"

#include <expected>
#include <vector>

namespace evtool::wait_pid {

/// Fails, having said why, where an operand cannot be understood or must not be believed. What there is not becomes a
/// target too, one without a process id.
std::expected<std::vector<Target>, Exit> find(const Context& context, const Settings& settings);

}  // namespace evtool::wait_pid
