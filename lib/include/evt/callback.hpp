/// Callbacks of two words (function, context) and bind(), which makes them out of members,
/// callables and functions without allocating.
#pragma once

#include <evt/result.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace evt {

/// What a callback wants next. `disarm`: the request is the caller's again, it may be reused or
/// destroyed, also from inside the callback. `rearm`: submit exactly the same operation again.
enum class Action : std::uint8_t { disarm, rearm };

/// Called once per completed operation, always from Loop::run on the loop's thread.
template <class R, class T>
struct Callback {
  using Function = Action (*)(void* context, R& request, Result<T> result);
  Function function = nullptr;
  void* context = nullptr;
};

/// A function to be called once without arguments: posts, deferred calls, pool jobs.
struct Task {
  void (*function)(void* context) = nullptr;
  void* context = nullptr;
};

namespace detail {

/// Calls `call` with as many of (request, result) as it takes; a void return means disarm.
template <class F, class R, class T>
Action invoke_flexibly(F&& call, R& request, Result<T>&& result) {
  auto to_action = [](auto&& run) {
    if constexpr (std::is_same_v<decltype(run()), Action>) {
      return run();
    } else {
      run();
      return Action::disarm;
    }
  };
  if constexpr (std::is_invocable_v<F, R&, Result<T>>) {
    return to_action([&] { return std::invoke(call, request, std::move(result)); });
  } else if constexpr (std::is_invocable_v<F, Result<T>>) {
    return to_action([&] { return std::invoke(call, std::move(result)); });
  } else if constexpr (std::is_invocable_v<F, R&>) {
    return to_action([&] { return std::invoke(call, request); });
  } else {
    static_assert(std::is_invocable_v<F>, "a callback takes (request, result) or fewer of them");
    return to_action([&] { return std::invoke(call); });
  }
}

template <auto Member, class Object>
struct BoundMember {
  Object* object;
  template <class R, class T>
  operator Callback<R, T>() const noexcept {
    return {[](void* context, R& request, Result<T> result) {
              auto call = [context]<class... A>(A&&... a) -> decltype(auto)
                requires std::is_invocable_v<decltype(Member), Object&, A...>
              { return std::invoke(Member, *static_cast<Object*>(context), std::forward<A>(a)...); };
              return invoke_flexibly(call, request, std::move(result));
            },
            object};
  }
  operator Task() const noexcept {
    return {[](void* context) { std::invoke(Member, *static_cast<Object*>(context)); }, object};
  }
};

template <class F>
struct BoundCallable {
  F* callable;
  template <class R, class T>
  operator Callback<R, T>() const noexcept {
    return {[](void* context, R& request, Result<T> result) {
              return invoke_flexibly(*static_cast<F*>(context), request, std::move(result));
            },
            callable};
  }
  operator Task() const noexcept {
    return {[](void* context) { (*static_cast<F*>(context))(); }, callable};
  }
};

}  // namespace detail

/// `bind<&Copy::on_read>(copy)`: calls `copy.on_read(request, result)`, or with fewer of these
/// arguments. Returning void means Action::disarm. `object` is borrowed while the request is busy.
template <auto Member, class Object>
detail::BoundMember<Member, Object> bind(Object& object) noexcept {
  return {&object};
}

/// `bind(lambda)`: calls a callable that the caller keeps alive while the request is busy.
template <class F>
  requires(!std::is_const_v<F>)
detail::BoundCallable<F> bind(F& callable) noexcept {
  return {&callable};
}

}  // namespace evt
