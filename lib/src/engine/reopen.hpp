/// A private, non-blocking description of a FIFO or terminal somebody else opened.
#pragma once

#include <evt/file.hpp>

namespace evt::detail {

/// Makes (once) Access::private_fd; false where that cannot be had: other owners, no /proc, things
/// that are not the same when opened again.
bool reopen_nonblocking(File& file) noexcept;

}  // namespace evt::detail
