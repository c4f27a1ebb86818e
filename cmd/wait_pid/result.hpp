/// What --json tells of a run.
#pragma once

#include "json.hpp"
#include "wait_pid/target.hpp"
#include "wait_pid/verdict.hpp"

#include <span>

namespace evtool::wait_pid {

/// One value.
void write_result(Json& json, std::span<const Target> targets, End end, const Verdict& verdict);

}  // namespace evtool::wait_pid
