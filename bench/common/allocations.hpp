/// How often this process has allocated, and how much it holds: malloc and its family, counted for every
/// program and library alike.
#pragma once

#include <cstdint>

namespace bench {

std::uint64_t allocations() noexcept;

/// Bytes of the heap in use, what malloc adds to each block included.
std::uint64_t heap_bytes() noexcept;

}  // namespace bench
