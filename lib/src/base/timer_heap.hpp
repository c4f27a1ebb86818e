/// TimerHeap: a 4-ary heap of deadlines whose reset to a later time only stores the new deadline;
/// the entry is sifted when it comes to the top.
#pragma once

#include <cstdint>
#include <new>
#include <vector>

namespace evt::detail {

/// `Traits` gives deadline(node) (ns), and index(node) and order(node), references to numbers the
/// heap keeps in the node. Equal deadlines leave in the order they were pushed or updated.
template <class Node, class Traits>
class TimerHeap {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  /// False when memory ran out.
  bool push(Node& node) noexcept {
    if (entries_.size() == entries_.capacity() && !grow()) return false;
    Traits::order(node) = ++sequence_;
    entries_.push_back({Traits::deadline(node), sequence_, &node});
    sift_up(entries_.size() - 1);
    return true;
  }

  void remove(Node& node) noexcept {
    const std::size_t hole = Traits::index(node);
    Traits::index(node) = none;
    const Entry last = entries_.back();
    entries_.pop_back();
    if (hole == entries_.size()) return;
    place(hole, last);
    if (!sift_up(hole)) sift_down(hole);
  }

  /// After the node's deadline changed.
  void update(Node& node) noexcept {
    Entry& entry = entries_[Traits::index(node)];
    const std::int64_t deadline = Traits::deadline(node);
    Traits::order(node) = ++sequence_;
    if (deadline >= entry.deadline) return;  // Stale, if only in its order: seen to by top().
    entry.deadline = deadline;
    entry.sequence = sequence_;
    sift_up(Traits::index(node));
  }

  /// The node with the earliest deadline, or null.
  Node* top() noexcept {
    while (!entries_.empty()) {
      Entry& first = entries_.front();
      const std::int64_t deadline = Traits::deadline(*first.node);
      const std::uint32_t order = Traits::order(*first.node);
      if (deadline == first.deadline && order == first.sequence) return first.node;
      first.deadline = deadline;
      first.sequence = order;
      sift_down(0);
    }
    return nullptr;
  }

 private:
  /// By how they were counted, which begins anew after four billion.
  static bool earlier(std::uint32_t left, std::uint32_t right) noexcept {
    return static_cast<std::int32_t>(left - right) < 0;
  }

  struct Entry {
    std::int64_t deadline;
    std::uint32_t sequence;
    Node* node;
    bool before(const Entry& other) const noexcept {
      return deadline != other.deadline ? deadline < other.deadline : earlier(sequence, other.sequence);
    }
  };

  bool grow() noexcept {
    try {
      entries_.reserve(entries_.empty() ? 16 : entries_.size() * 2);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  void place(std::size_t index, const Entry& entry) noexcept {
    entries_[index] = entry;
    Traits::index(*entry.node) = static_cast<std::uint32_t>(index);
  }

  bool sift_up(std::size_t index) noexcept {
    const Entry moving = entries_[index];
    const std::size_t start = index;
    while (index > 0) {
      const std::size_t parent = (index - 1) / 4;
      if (!moving.before(entries_[parent])) break;
      place(index, entries_[parent]);
      index = parent;
    }
    place(index, moving);
    return index != start;
  }

  void sift_down(std::size_t index) noexcept {
    const Entry moving = entries_[index];
    const std::size_t count = entries_.size();
    for (;;) {
      const std::size_t first = 4 * index + 1;
      if (first >= count) break;
      std::size_t best = first;
      const std::size_t end = first + 4 < count ? first + 4 : count;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (entries_[child].before(entries_[best])) best = child;
      }
      if (!entries_[best].before(moving)) break;
      place(index, entries_[best]);
      index = best;
    }
    place(index, moving);
  }

  std::vector<Entry> entries_;
  std::uint32_t sequence_ = 0;
};

}  // namespace evt::detail
