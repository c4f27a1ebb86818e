/// How often this process was forked: a child tells by it that what it holds is its parent's.
#pragma once

#include <cstdint>

namespace evt::detail {

/// Counts forks on the way from the first call to this process. Any thread; a load.
std::uint64_t fork_count() noexcept;

}  // namespace evt::detail
