/// Counts every allocation of the process, whichever thread makes it and through whichever function.
#pragma once

#include <cstdint>

namespace evt::contract {

/// Allocations since the process began. Only meaningful as a difference.
std::uint64_t count_allocations();

}  // namespace evt::contract
