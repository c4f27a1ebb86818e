/// The promise types behind evt::Io: what a coroutine leaves behind, and tail calls.
#pragma once

#include <evt/io/trampoline.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace evt {

template <class T = void>
class Io;

template <class T>
struct Tail;

namespace detail {

template <class T>
struct Promise;

template <class T>
using Frame = std::coroutine_handle<Promise<T>>;

struct PromiseBase {
  std::suspend_always initial_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }

  Continuation* continuation = nullptr;
  std::exception_ptr error;
};

/// `frame` ends as `next` will: that one takes over who waits, and `frame` is gone before it starts.
template <class T>
void hand_over(Frame<T> frame, Frame<T> next) noexcept {
  Continuation* continuation = frame.promise().continuation;
  next.promise().continuation = continuation;
  continuation->child = next;
  trampoline.finished = frame;
  trampoline.next = next;
}

template <class T>
struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(Frame<T> frame) const noexcept {
    Promise<T>& promise = frame.promise();
    if constexpr (!std::is_void_v<T>) {
      if (promise.tail != nullptr && promise.error == nullptr)
        return hand_over<T>(frame, std::exchange(promise.tail, nullptr));
    }
    promise.continuation->ended(*promise.continuation);
  }
  void await_resume() const noexcept {}
};

template <class T>
struct Promise : PromiseBase {
  ~Promise() {
    if (tail != nullptr) tail.destroy();
  }
  Io<T> get_return_object() noexcept { return Io<T>(Frame<T>::from_promise(*this)); }
  FinalAwaiter<T> final_suspend() const noexcept { return {}; }

  template <class U>
    requires std::convertible_to<U, T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  void return_value(Io<T> io) noexcept { tail = io.release(); }

  T take() {
    if (error != nullptr) std::rethrow_exception(std::move(error));
    return std::move(*value);
  }

  std::optional<T> value;
  Frame<T> tail = nullptr;
};

template <>
struct Promise<void> : PromiseBase {
  Io<void> get_return_object() noexcept;
  FinalAwaiter<void> final_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}

  void take() {
    if (error != nullptr) std::rethrow_exception(std::move(error));
  }
};

}  // namespace detail
}  // namespace evt
