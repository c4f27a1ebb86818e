/// The time slice of this thread: whoever asks for a short one runs sooner after waking up, and not for longer.
#pragma once

#include <cstdint>

namespace evtool {

/// In ns; 0 where there is none to be had: other policies than SCHED_OTHER, Linux before 6.12.
std::uint64_t time_slice();

/// The kernel keeps it between 0.1 and 100 ms, and children inherit it. Needs no privilege.
void set_time_slice(std::uint64_t slice_ns);

}  // namespace evtool
