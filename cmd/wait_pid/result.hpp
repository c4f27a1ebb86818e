/// What --json tells of a run.
#pragma once

#include "json.hpp"
#include "wait_pid/family.hpp"
#include "wait_pid/target.hpp"
#include "wait_pid/verdict.hpp"

#include <span>

namespace evtool::wait_pid {

/// One value. `family`: of the command that was run, or null.
void write_result(Json& json, std::span<const Target> targets, const Family* family, End end, const Verdict& verdict);

}  // namespace evtool::wait_pid
