/// Small files, read by plain system calls and written several at a time.
#pragma once

#include "cat/source.hpp"

#include <optional>
#include <string>

namespace evtool::cat {

/// Opens the operand and copies it, if it is small and does not wait. Gives it back where it is more than that, at the
/// place where copy_source() goes on; nothing when it is done, or has failed, which was said.
std::optional<Source> copy_small(Job& job, const std::string& operand);

/// Reads on, at most a batch. Declines where there is more, or where it would have to wait.
Ended drain(Job& job, Source& source);

}  // namespace evtool::cat
