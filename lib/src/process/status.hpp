/// How a process ended, asked of the kernel.
#pragma once

#include <evt/process.hpp>

namespace evt::detail {

/// running: it has not ended as far as we may see. unreaped: its parent may still make it known. never: nobody will.
enum class Known : std::uint8_t { yes, running, unreaped, never };

/// Reaps a child. `status` is complete when the answer is yes.
Known read_status(int pidfd, ProcessStatus& status) noexcept;

}  // namespace evt::detail
