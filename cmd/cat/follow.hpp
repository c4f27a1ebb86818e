/// --follow: the files as they grow, are truncated, or replaced by others of the same name.
#pragma once

namespace evtool::cat {

class Job;

/// Copies all operands, then goes on until --bytes are used up, the output fails or nothing is left that could grow.
void follow(Job& job);

}  // namespace evtool::cat
