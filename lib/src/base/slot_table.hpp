/// SlotTable: numbers for things that come and go, so that a stale number finds nothing.
#pragma once

#include <cstdint>
#include <new>
#include <vector>

namespace evt::detail {

/// Slot 0 is never given out. Allocates only when it grows.
template <class T>
class SlotTable {
 public:
  /// A slot for `item`, or 0 when memory ran out.
  std::uint32_t insert(T* item) noexcept {
    if (free_ != 0) {
      const std::uint32_t slot = free_;
      free_ = entries_[slot].next_free;
      entries_[slot] = {item, 0};
      return slot;
    }
    if (entries_.size() == entries_.capacity() && !grow()) return 0;
    if (entries_.empty()) entries_.push_back({});
    entries_.push_back({item, 0});
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }

  void erase(std::uint32_t slot) noexcept {
    entries_[slot] = {nullptr, free_};
    free_ = slot;
  }

  /// Null when nothing lives there.
  T* find(std::uint32_t slot) const noexcept { return slot < entries_.size() ? entries_[slot].item : nullptr; }

  template <class F>
  void for_each(F&& visit) {
    // By index: a visit may insert or erase.
    for (std::uint32_t slot = 1; slot < entries_.size(); ++slot) {
      if (T* item = entries_[slot].item) visit(*item);
    }
  }

 private:
  struct Entry {
    T* item = nullptr;
    std::uint32_t next_free = 0;
  };

  bool grow() noexcept {
    try {
      entries_.reserve(entries_.empty() ? 16 : entries_.size() * 2);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  std::vector<Entry> entries_;
  std::uint32_t free_ = 0;
};

}  // namespace evt::detail
