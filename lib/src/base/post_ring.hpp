/// PostRing: a bounded lock-free queue, many producers (signal handlers too), one consumer.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace evt::detail {

/// Each cell counts its laps: 2·lap when free for that lap, 2·lap + 1 when filled, so that zeroed
/// memory is an empty ring and pages nobody used are never touched.
template <class T>
class PostRing {
 public:
  /// Rounded up to a power of two. check() tells whether memory was there.
  explicit PostRing(std::uint32_t capacity) noexcept
      : capacity_(std::bit_ceil(capacity < 2 ? 2U : capacity)),
        shift_(static_cast<unsigned>(std::countr_zero(capacity_))),
        cells_(static_cast<Cell*>(std::calloc(capacity_, sizeof(Cell)))) {}

  bool check() const noexcept { return cells_ != nullptr; }

  /// Any thread; false when full.
  bool push(const T& item) noexcept {
    std::uint64_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_.get()[position & (capacity_ - 1)];
      const std::uint64_t free_now = 2 * (position >> shift_);
      const std::uint64_t seen = std::atomic_ref(cell.lap).load(std::memory_order_acquire);
      if (seen == free_now) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          cell.item = item;
          std::atomic_ref(cell.lap).store(free_now + 1, std::memory_order_release);
          return true;
        }
      } else if (seen < free_now) {
        return false;
      } else {
        position = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  /// The consumer's thread; false when empty, or when the oldest producer is not done yet.
  bool pop(T& item) noexcept {
    Cell& cell = cells_.get()[head_ & (capacity_ - 1)];
    const std::uint64_t lap = head_ >> shift_;
    if (std::atomic_ref(cell.lap).load(std::memory_order_acquire) != 2 * lap + 1) return false;
    item = cell.item;
    std::atomic_ref(cell.lap).store(2 * (lap + 1), std::memory_order_release);
    ++head_;
    return true;
  }

  /// The consumer's thread.
  bool empty() const noexcept {
    Cell& cell = cells_.get()[head_ & (capacity_ - 1)];
    return std::atomic_ref(cell.lap).load(std::memory_order_acquire) != 2 * (head_ >> shift_) + 1;
  }

 private:
  struct Cell {
    std::uint64_t lap;
    T item;
  };
  struct Free {
    void operator()(void* memory) const noexcept { std::free(memory); }
  };

  const std::uint32_t capacity_;
  const unsigned shift_;
  std::unique_ptr<Cell, Free> cells_;
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::uint64_t head_ = 0;
};

}  // namespace evt::detail
