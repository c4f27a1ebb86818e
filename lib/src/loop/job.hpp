/// Calling a pool job, which may throw.
#pragma once

#include <evt/callback.hpp>

#include <exception>

namespace evt::detail {

/// False, and `thrown` set, when the job threw.
bool run_job(const Task& job, std::exception_ptr& thrown) noexcept;

}  // namespace evt::detail
