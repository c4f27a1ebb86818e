/// operator new and delete of the whole program, which count.
#include "io/heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> count{0};

void* allocate(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live.fetch_add(malloc_usable_size(memory), std::memory_order_relaxed);
  count.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) live.fetch_sub(malloc_usable_size(memory), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}

namespace evt::io_tests {

std::size_t live_heap() {
  return live.load(std::memory_order_relaxed);
}
std::size_t news() {
  return count.load(std::memory_order_relaxed);
}

Usage::Usage() noexcept
    : heap_before_(live_heap()),
      most_heap_(heap_before_),
      stack_before_(static_cast<const char*>(__builtin_frame_address(0))) {}

void Usage::mark() noexcept {
  most_heap_ = std::max(most_heap_, live_heap());
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  const auto depth = here < stack_before_ ? stack_before_ - here : here - stack_before_;
  most_stack_ = std::max(most_stack_, static_cast<std::size_t>(depth));
}

void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << 5;
}

std::size_t peak_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    std::size_t kibibytes = 0;
    status >> kibibytes;
    return kibibytes * 1024;
  }
  return SIZE_MAX;
}

}  // namespace evt::io_tests
