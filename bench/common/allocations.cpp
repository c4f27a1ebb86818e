/// malloc and its family, counted.
#include "common/allocations.hpp"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {
std::atomic<std::uint64_t> counted{0};

// A load and a store: two threads may lose one, which no benchmark notices, and a locked add would be measured.
void count() noexcept {
  counted.store(counted.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}
}  // namespace

namespace bench {

std::uint64_t allocations() noexcept {
  return counted.load(std::memory_order_relaxed);
}

std::uint64_t heap_bytes() noexcept {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace bench

// glibc's own functions under the names it keeps for this purpose.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) noexcept {
  count();
  return __libc_calloc(number, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  count();
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** target, std::size_t alignment, std::size_t size) noexcept {
  count();
  *target = __libc_memalign(alignment, size);
  return *target == nullptr ? ENOMEM : 0;
}
}  // extern "C"
