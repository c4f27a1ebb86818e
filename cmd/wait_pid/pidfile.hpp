/// Pidfiles: the process id that a service wrote down, if it is one that may be believed.
#pragma once

#include <sys/types.h>

#include <expected>
#include <string>

namespace evtool::wait_pid {

/// The id on the first line of the file; 0 where there is no such file. A refusal completes "PATH: …".
std::expected<pid_t, std::string> read_pidfile(const std::string& path);

}  // namespace evtool::wait_pid
