/// Sorts an intrusive list in place.
#pragma once

#include <evt/detail/list.hpp>

namespace evt::detail {

/// A stable merge sort; needs no memory. `before(a, b)`: whether Hook a has to come before b.
template <class Before>
void sort(List& list, Before before) noexcept {
  if (list.empty() || list.end.next == list.end.previous) return;
  List left;
  List right;
  // Halves by walking from both ends keep the order within each.
  for (bool to_left = true; !list.empty(); to_left = !to_left) {
    Hook* node = to_left ? list.end.next : list.end.previous;
    node->unlink();
    if (to_left) {
      left.push_back(*node);
    } else {
      right.push_front(*node);
    }
  }
  sort(left, before);
  sort(right, before);
  while (!left.empty() && !right.empty()) {
    List& first = before(*right.front(), *left.front()) ? right : left;
    Hook* node = first.front();
    node->unlink();
    list.push_back(*node);
  }
  list.append(left);
  list.append(right);
}

}  // namespace evt::detail
