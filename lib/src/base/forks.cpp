/// The count of forks, kept by pthread_atfork(3).
#include "base/forks.hpp"

#include <pthread.h>

#include <atomic>

namespace evt::detail {

namespace {
std::atomic<std::uint64_t> forks{0};
}  // namespace

std::uint64_t fork_count() noexcept {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  (void)registered;
  return forks.load(std::memory_order_relaxed);
}

}  // namespace evt::detail
