/// TimerWheel: deadlines in a hierarchical timing wheel (Varghese and Lauck, 1987) that loses no precision. Starting,
/// stopping and moving a timer are O(1) and allocate nothing.
#pragma once

#include "base/list_sort.hpp"
#include <evt/detail/list.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace evt::detail {

/// What finding a minimum may cost.
enum class Effort : bool { little, any };

/// Time is counted in ticks of 4 µs, and a tick's number has nine digits of six bits. A timer waits at the level of the
/// highest digit in which its tick differs from the present one, in the slot of that digit; once time comes to that
/// slot, its timers go to lower levels. What is due within the present tick is sorted. A timer that is put off stays
/// where it is until then.
///
/// `Traits` gives deadline(node) (ns), hook(node), node(hook), and references to two numbers that the wheel keeps in
/// the node: place(node), `nowhere` at first, and order(node). Equal deadlines leave in the order they were pushed or
/// updated.
template <class Node, class Traits>
class TimerWheel {
 public:
  static constexpr std::uint16_t nowhere = 0xffff;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  void push(Node& node) noexcept {
    ++size_;
    Traits::order(node) = ++sequence_;
    put(node);
  }

  void remove(Node& node) noexcept {
    --size_;
    take(node);
  }

  /// After the node's deadline changed.
  void update(Node& node) noexcept {
    Traits::order(node) = ++sequence_;
    const std::uint16_t place = Traits::place(node);
    if (place != due && tick_of(node) >= start_of(place)) {
      if (place == earliest_place_) earliest_place_ = nowhere;
      return;
    }
    take(node);
    put(node);
  }

  /// Takes out the earliest node if it is due at `now`; else null. Time may go backwards: then what is to come until it
  /// has caught up is sorted, as what is due.
  Node* pop(std::int64_t now) noexcept {
    const std::int64_t tick = now >> tick_bits;
    while (due_.empty()) {
      if (levels_ == 0 || start_of(first()) > tick) {
        tick_ = std::max(tick_, tick);
        return nullptr;
      }
      open(first(), tick);
    }
    sort_due();
    Node& node = Traits::node(*due_.front());
    if (Traits::deadline(node) > now) return nullptr;
    remove(node);
    return &node;
  }

  /// The earliest deadline, or with Effort::little something earlier where many are close to each other: good enough to
  /// sleep until then. Only if not empty().
  std::int64_t earliest(Effort effort) noexcept {
    if (!due_.empty()) {
      sort_due();
      return Traits::deadline(Traits::node(*due_.front()));
    }
    while (earliest_place_ != first() || (effort == Effort::any && !exact_))
      look(first(), effort);
    return earliest_;
  }

 private:
  static constexpr int tick_bits = 12;
  static constexpr int level_count = 9;
  static constexpr std::uint16_t due = 64 * level_count;  // The place of those in due_.
  static constexpr int looks = 16;                        // As many timers are looked at for the earliest.

  static std::int64_t tick_of(const Node& node) noexcept { return Traits::deadline(node) >> tick_bits; }

  /// By how they were counted, which begins anew after four billion.
  static bool before(Hook& left, Hook& right) noexcept {
    Node& a = Traits::node(left);
    Node& b = Traits::node(right);
    if (Traits::deadline(a) != Traits::deadline(b)) return Traits::deadline(a) < Traits::deadline(b);
    return static_cast<std::int32_t>(Traits::order(a) - Traits::order(b)) < 0;
  }

  /// All at one level differ from the present tick in that digit, and it is larger: so the lowest is the first.
  std::uint16_t first() const noexcept {
    const int level = std::countr_zero(levels_);
    return static_cast<std::uint16_t>(64 * level + std::countr_zero(slots_used_[static_cast<std::size_t>(level)]));
  }

  /// The first tick that belongs to a slot in use: the digits above are those of the present tick.
  std::int64_t start_of(std::uint16_t place) const noexcept {
    const int shift = 6 * (place / 64);
    return (((tick_ >> shift) & ~std::int64_t{63}) | (place % 64)) << shift;
  }

  std::int64_t end_of(std::uint16_t place) const noexcept {
    return start_of(place) + (std::int64_t{1} << (6 * (place / 64)));
  }

  void put(Node& node) noexcept {
    const std::int64_t tick = tick_of(node);
    Hook& hook = Traits::hook(node);
    if (tick <= tick_) return put_due(node);
    const int level = (63 - std::countl_zero(static_cast<std::uint64_t>(tick ^ tick_))) / 6;
    const auto slot = static_cast<unsigned>(tick >> (6 * level)) & 63U;
    const auto place = static_cast<std::uint16_t>(64U * static_cast<unsigned>(level) + slot);
    Traits::place(node) = place;
    if (place == earliest_place_ && Traits::deadline(node) < earliest_) earliest_ = Traits::deadline(node);
    std::uint64_t& used = slots_used_[static_cast<std::size_t>(level)];
    const std::uint64_t bit = std::uint64_t{1} << slot;
    if ((used & bit) == 0) {  // A slot's list has no node of its own, and there is nothing in it now.
      slots_[place] = &hook;
      used |= bit;
      levels_ |= 1U << level;
    } else {
      insert_before(*slots_[place], hook);
    }
  }

  /// Mostly a few, and mostly in order already; else they are sorted later.
  void put_due(Node& node) noexcept {
    Traits::place(node) = due;
    Hook& hook = Traits::hook(node);
    Hook* next = &due_.end;
    for (int step = 0; sorted_ && next->previous != &due_.end && before(hook, *next->previous); ++step) {
      if (step == looks) sorted_ = false;
      next = next->previous;
    }
    insert_before(*next, hook);
  }

  static void insert_before(Hook& next, Hook& hook) noexcept {
    hook.next = &next;
    hook.previous = next.previous;
    next.previous->next = &hook;
    next.previous = &hook;
  }

  void take(Node& node) noexcept {
    const std::uint16_t place = std::exchange(Traits::place(node), nowhere);
    Hook& hook = Traits::hook(node);
    if (place != due) {
      if (place == earliest_place_) earliest_place_ = nowhere;
      if (!hook.linked()) {
        mark_unused(place);
      } else if (slots_[place] == &hook) {
        slots_[place] = hook.next;
      }
    }
    hook.unlink();
  }

  void mark_unused(std::uint16_t place) noexcept {
    const auto level = static_cast<std::size_t>(place / 64);
    slots_used_[level] &= ~(std::uint64_t{1} << (place % 64));
    if (slots_used_[level] == 0) levels_ &= ~(1U << level);
  }

  /// Time has come to the first slot: it is the present one, and its nodes go where they belong.
  void open(std::uint16_t place, std::int64_t tick) noexcept {
    tick_ = start_of(place);
    // What is alone needs no sorting: if it is due it goes through no level in between.
    if (!slots_[place]->linked()) {
      const std::int64_t own = tick_of(Traits::node(*slots_[place]));
      if (own <= tick && own < end_of(place)) tick_ = own;
    }
    List nodes;
    insert_before(*slots_[place], nodes.end);
    mark_unused(place);
    if (place == earliest_place_) earliest_place_ = nowhere;
    // Of a million nodes each is a cache miss, or two. From both ends in turn one is on its way meanwhile.
    while (!nodes.empty()) {
      fetch(nodes.end.next->next);
      put(unlinked(*nodes.end.next));
      if (nodes.empty()) break;
      fetch(nodes.end.previous->previous);
      put(unlinked(*nodes.end.previous));
    }
  }

  /// What put() will look at: in Timer the second cache line.
  static void fetch(const Hook* hook) noexcept {
    __builtin_prefetch(hook);
    __builtin_prefetch(hook + 4, 1);
  }

  static Node& unlinked(Hook& hook) noexcept {
    hook.unlink();
    return Traits::node(hook);
  }

  /// Finds the earliest deadline in the first slot, and sends on what was put off and belongs into a later one.
  void look(std::uint16_t place, Effort effort) noexcept {
    const std::int64_t end = end_of(place);
    std::int64_t earliest = INT64_MAX;
    bool empty = true;
    Hook* hook = slots_[place]->previous;
    for (int looked = 0; effort == Effort::any || looked < looks; ++looked) {
      Node& node = Traits::node(*std::exchange(hook, hook->previous));
      const bool last = &Traits::hook(node) == slots_[place];
      if (tick_of(node) >= end) {
        take(node);
        put(node);
      } else {
        earliest = std::min(earliest, Traits::deadline(node));
        empty = false;
      }
      if (!last) continue;
      if (!empty) found(earliest, place, true);
      return;
    }
    found(start_of(place) << tick_bits, place, false);
  }

  void found(std::int64_t earliest, std::uint16_t place, bool exact) noexcept {
    earliest_ = earliest;
    earliest_place_ = place;
    exact_ = exact;
  }

  void sort_due() noexcept {
    if (!sorted_) sort(due_, before);
    sorted_ = true;
  }

  std::int64_t tick_ = 0;  // The present one; all in slots are later.
  std::size_t size_ = 0;
  std::uint32_t sequence_ = 0;
  std::uint32_t levels_ = 0;  // One bit each that has slots in use.
  std::array<std::uint64_t, level_count> slots_used_ = {};
  List due_;                                // At or before the present tick.
  bool sorted_ = true;                      // due_ is.
  std::uint16_t earliest_place_ = nowhere;  // The slot that earliest_ was found in.
  bool exact_ = false;                      // earliest_ is, not only a bound.
  std::int64_t earliest_ = 0;
  std::array<Hook*, due> slots_;  // A node of the circular list of each slot in use; else not even initialised.
};

}  // namespace evt::detail
