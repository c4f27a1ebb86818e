/// Io<T>: an action that will have a T, or fail with an exception, once somebody awaits it. Promise and coroutine in
/// one.
#pragma once

#include <evt/io/promise.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace evt {

namespace detail {

template <class T>
struct Pass;
template <class T>
struct Fail;

template <class X>
inline constexpr bool is_io = false;
template <class T>
inline constexpr bool is_io<Io<T>> = true;

template <class X>
struct ValueOf {
  using Type = X;
};
template <class T>
struct ValueOf<Io<T>> {
  using Type = T;
};

/// What `then(f)` will have: f may return an Io, or something plain.
template <class F, class... A>
using ThenValue = typename ValueOf<std::invoke_result_t<F, A...>>::Type;

template <class F, class T>
struct ThenOf {
  using Type = ThenValue<F, T>;
};
template <class F>
struct ThenOf<F, void> {
  using Type = ThenValue<F>;
};

/// Awaits an Io: starts it, and goes on with what it has.
template <class T>
class IoAwaiter : Continuation {
 public:
  explicit IoAwaiter(Frame<T> frame) noexcept : Continuation(frame, &IoAwaiter::go_on_with) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> parent) noexcept {
    parent_ = parent;
    promise().continuation = this;
    trampoline.next = child;
  }
  T await_resume() { return promise().take(); }

 private:
  Promise<T>& promise() noexcept { return Frame<T>::from_address(child.address()).promise(); }
  static void go_on_with(Continuation& self) noexcept { trampoline.next = static_cast<IoAwaiter&>(self).parent_; }

  std::coroutine_handle<> parent_;
};

}  // namespace detail

/// Lazy: nothing of it runs before it is awaited, started, or made a greenthread. Move-only, and good for one time.
/// Dropping one that waits cancels what it waits for, and runs the destructors of all that is in it. For one thread,
/// the one that runs its Greenthreads.
///
/// A coroutine that returns Io<T> ends with `co_return value` or, for T other than void, with `co_return io`: then it
/// ends as that other Io<T> does and is gone before that starts. `co_await tail(io)` is the same for all T. So
/// recursion in constant memory is recursion by these. Code between two awaits is atomic as far as other greenthreads
/// go.
template <class T>
class [[nodiscard]] Io {
  static_assert(!detail::is_io<T>, "co_return would not know which of the two is meant");

 public:
  using promise_type = detail::Promise<T>;

  /// `start(pass, fail)` is called once this is awaited, and has to see to it that one of the two is called, now or
  /// later, on this thread: pass(value), or fail(std::exception_ptr). Both may be copied. Only the first call counts,
  /// and none after this was dropped.
  template <class F>
    requires(!std::is_same_v<F, detail::Frame<T>> && !std::is_same_v<F, Io<T>>) &&
            std::invocable<F&, detail::Pass<T>, detail::Fail<T>>
  explicit Io(F start);

  Io(Io&& other) noexcept : frame_(other.release()) {}
  Io& operator=(Io&& other) noexcept {
    if (this == &other) return *this;
    drop();
    frame_ = other.release();
    return *this;
  }
  ~Io() { drop(); }

  /// f(value), or f() for void, returns an Io, how it goes on, or something plain. What it throws, this fails with.
  template <class F>
  auto then(F f) && -> Io<typename detail::ThenOf<F, T>::Type>;

  /// If this fails with an E: handler(const E&) returns an Io<T> instead, or a plain T.
  template <class E, class F>
  Io<T> catching(F handler) &&;

  /// Once this has started, f() runs after success, after failure and when this is dropped. It must not throw.
  template <class F>
  Io<T> finally(F f) &&;

  detail::IoAwaiter<T> operator co_await() && noexcept { return detail::IoAwaiter<T>(release()); }

  /// For those who build upon it: the coroutine, not yet started, is the caller's.
  detail::Frame<T> release() noexcept { return std::exchange(frame_, nullptr); }

 private:
  friend detail::Promise<T>;
  explicit Io(detail::Frame<T> frame) noexcept : frame_(frame) {}
  void drop() noexcept {
    if (frame_ != nullptr) std::exchange(frame_, nullptr).destroy();
  }

  detail::Frame<T> frame_;
};

inline Io<void> detail::Promise<void>::get_return_object() noexcept {
  return Io<void>(Frame<void>::from_promise(*this));
}

/// Awaiting it ends the coroutine that awaits, as `io` will end. See Io.
template <class T>
struct [[nodiscard]] Tail {
  bool await_ready() const noexcept { return false; }
  void await_suspend(detail::Frame<T> frame) noexcept { detail::hand_over<T>(frame, io.release()); }
  T await_resume() const noexcept { std::unreachable(); }

  Io<T> io;
};

template <class T>
Tail<T> tail(Io<T> io) noexcept {
  return {std::move(io)};
}

/// Something plain as an action.
template <class T>
Io<std::decay_t<T>> lift(T value) {
  co_return std::move(value);
}
inline Io<void> lift() {
  co_return;
}

/// One after the other.
inline Io<void> operator+(Io<void> first, Io<void> second) {
  co_await std::move(first);
  co_await tail(std::move(second));
}
inline Io<void>& operator+=(Io<void>& first, Io<void> second) {
  return first = std::move(first) + std::move(second);
}

// Below, what has a destructor is a variable and no temporary of an await: gcc 12 destroys some of those twice.
namespace detail {

template <class U, class F, class T>
Io<U> then(Io<T> io, F f) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(io);
    if constexpr (is_io<std::invoke_result_t<F>>) {
      Io<U> next = std::invoke(f);
      co_return co_await tail(std::move(next));
    } else {
      co_return std::invoke(f);
    }
  } else {
    T value = co_await std::move(io);
    if constexpr (is_io<std::invoke_result_t<F, T>>) {
      Io<U> next = std::invoke(f, std::move(value));
      co_return co_await tail(std::move(next));
    } else {
      co_return std::invoke(f, std::move(value));
    }
  }
}

/// What the handler says instead of `error`, which is an E.
template <class E, class T, class F>
Io<T> handled(const std::exception_ptr& error, F& handler) {
  try {
    std::rethrow_exception(error);
  } catch (const E& caught) {
    if constexpr (is_io<std::invoke_result_t<F&, const E&>>) {
      return std::invoke(handler, caught);
    } else if constexpr (std::is_void_v<T>) {
      std::invoke(handler, caught);
      return lift();
    } else {
      return lift<T>(std::invoke(handler, caught));
    }
  }
}

template <class E, class T, class F>
Io<T> catching(Io<T> io, F handler) {
  std::exception_ptr error;
  try {
    co_return co_await std::move(io);
  } catch (const E&) {
    error = std::current_exception();
  }
  Io<T> instead = handled<E, T>(error, handler);
  co_return co_await tail(std::move(instead));
}

template <class T, class F>
Io<T> finally(Io<T> io, F f) {
  struct Guard {
    F f;
    ~Guard() { std::invoke(f); }
  };
  Guard guard{std::move(f)};
  co_return co_await std::move(io);
}

}  // namespace detail

template <class T>
template <class F>
auto Io<T>::then(F f) && -> Io<typename detail::ThenOf<F, T>::Type> {
  return detail::then<typename detail::ThenOf<F, T>::Type>(std::move(*this), std::move(f));
}

template <class T>
template <class E, class F>
Io<T> Io<T>::catching(F handler) && {
  return detail::catching<E>(std::move(*this), std::move(handler));
}

template <class T>
template <class F>
Io<T> Io<T>::finally(F f) && {
  return detail::finally(std::move(*this), std::move(f));
}

}  // namespace evt
