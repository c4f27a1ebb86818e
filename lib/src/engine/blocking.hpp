/// Operations as a pool thread does them: with system calls that block.
#pragma once

#include <evt/request.hpp>

namespace evt::detail {

/// Leaves a count or -errno in the request's result; -EINTR when the pool interrupted it.
void run_blocking(Request& request) noexcept;

}  // namespace evt::detail
