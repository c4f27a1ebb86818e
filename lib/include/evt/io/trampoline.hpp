/// How coroutines of evt::Io go on: never one inside another, so that neither a million awaits nor a million tail calls
/// need stack.
#pragma once

#include <evt/detail/list.hpp>

#include <coroutine>
#include <utility>

namespace evt {
class Greenthreads;
}

namespace evt::detail {

/// What goes on on this thread. gcc 12 makes a symmetric transfer a call unless it optimizes, and never a jump with a
/// sanitizer: so who suspends says who is next, and a loop at the bottom of the stack resumes that one.
struct Trampoline {
  std::coroutine_handle<> next = nullptr;
  std::coroutine_handle<> finished = nullptr;  // Handed its result's place to another: destroyed before `next` runs.
  Greenthreads* greenthreads = nullptr;
  bool running = false;
};

inline constinit thread_local Trampoline trampoline;

/// Resumes `coroutine`, and whoever goes on after it: at once, unless a coroutine is running, who then suspends first.
/// Not for two at a time.
inline void go_on(std::coroutine_handle<> coroutine) {
  Trampoline& here = trampoline;
  here.next = coroutine;
  if (here.running) return;
  here.running = true;
  while (here.next != nullptr) {
    std::exchange(here.next, nullptr).resume();
    if (here.finished != nullptr) std::exchange(here.finished, nullptr).destroy();
  }
  here.running = false;
}

/// Who waits for a coroutine; lives in the frame of the one that awaits it. Owns the coroutine, which a tail call
/// replaces by another.
struct Continuation {
  using Ended = void (*)(Continuation&) noexcept;

  explicit Continuation(std::coroutine_handle<> waited_for, Ended tell) noexcept : child(waited_for), ended(tell) {}
  Continuation(const Continuation&) = delete;
  Continuation& operator=(const Continuation&) = delete;
  ~Continuation() { drop(); }

  void drop() noexcept {
    if (child != nullptr) std::exchange(child, nullptr).destroy();
  }

  std::coroutine_handle<> child;
  Ended ended;  // Called while the child is at its final suspension point.
};

/// In the run queue of greenthreads; leaves it when destroyed.
struct Ready : Hook {
  using Run = void (*)(Ready&);

  explicit Ready(Run what) noexcept : run(what) {}
  ~Ready() { unlink(); }
  Run run;
};

}  // namespace evt::detail
