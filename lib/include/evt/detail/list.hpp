/// An intrusive circular list: unlinking needs no list, nothing allocates.
#pragma once

namespace evt {
class Request;
}

namespace evt::detail {

/// A node; linked to itself when in no list. `owner` is null in a list's own node.
struct Hook {
  explicit Hook(Request* request = nullptr) noexcept : owner(request) {}
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

  bool linked() const noexcept { return next != this; }
  void unlink() noexcept {
    next->previous = previous;
    previous->next = next;
    next = previous = this;
  }

  Hook* next = this;
  Hook* previous = this;
  Request* owner;
};

/// First in, first out. Must be empty when destroyed.
struct List {
  bool empty() const noexcept { return !end.linked(); }
  Hook* front() noexcept { return end.next; }
  Request* front_owner() noexcept { return end.next->owner; }

  void push_back(Hook& node) noexcept {
    node.previous = end.previous;
    node.next = &end;
    end.previous->next = &node;
    end.previous = &node;
  }
  void push_front(Hook& node) noexcept {
    node.next = end.next;
    node.previous = &end;
    end.next->previous = &node;
    end.next = &node;
  }
  Request* pop_front() noexcept {
    Hook* first = end.next;
    first->unlink();
    return first->owner;
  }
  /// Moves all nodes of `other` behind ours.
  void append(List& other) noexcept {
    if (other.empty()) return;
    other.end.next->previous = end.previous;
    end.previous->next = other.end.next;
    other.end.previous->next = &end;
    end.previous = other.end.previous;
    other.end.next = other.end.previous = &other.end;
  }

  Hook end;
};

}  // namespace evt::detail
