/// How bytes leave the process: all of them or a reason, and one-line messages on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtool {

/// Writes all of `bytes`, over short writes, EINTR and a descriptor that someone made non-blocking.
/// Returns 0 or the errno of write(2).
int write_all(int fd, std::string_view bytes);

/// "No such file or directory"
std::string_view errno_text(int error);

/// `evtool TOOL: MESSAGE` (`evtool: MESSAGE` for the driver itself), escaped, as one line and one write(2).
void complain(std::string_view tool, std::string_view message);

/// Writes `text` to standard output; complains and returns false when it does not take it all.
[[nodiscard]] bool print(std::string_view tool, std::string_view text);

/// Descriptors 0–2 that the parent closed would be handed out to the next file we open. Fills them with
/// something that fails every use with EBADF, as the closed descriptor did.
void guard_standard_descriptors();

}  // namespace evtool
