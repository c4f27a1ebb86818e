/// The ways of moving bytes that do not touch them. See plan.hpp for which is when, and copier.hpp for the other.
#pragma once

#include "cat/source.hpp"

namespace evtool::cat {

/// By splice(2); the larger the pipe the better.
Ended splice_bytes(Job& job, Source& source);

/// Inside the kernel, file to file.
Ended clone_bytes(Job& job, Source& source);

}  // namespace evtool::cat
