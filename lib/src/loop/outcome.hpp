/// From a request's raw result to a Result<T>, and from a typed callback to the request's two words.
#pragma once

#include "loop/engine.hpp"
#include <evt/callback.hpp>
#include <evt/request.hpp>

namespace evt::detail {

/// An Error from a negative result: -errno or one of the codes of engine.hpp.
Error to_error(Operation operation, std::int64_t result) noexcept;

/// Callbacks of all types rest in a request as one function pointer, which invoke() turns back.
using StoredFunction = void (*)();

template <class R, class T>
StoredFunction store(Callback<R, T> done) noexcept {
  return reinterpret_cast<StoredFunction>(done.function);
}

/// `take` makes the Result right where the callback finds it: moving it there shows in the cost of an operation.
template <class R, class T, class Take>
Action call(StoredFunction function, void* context, R& request, Take take) {
  if (function == nullptr) return Action::disarm;
  return reinterpret_cast<typename Callback<R, T>::Function>(function)(context, request, take());
}

/// The Result of an operation that has nothing to tell but whether it worked.
inline Result<void> void_result(Operation operation, std::int64_t result) noexcept {
  if (result < 0) [[unlikely]]
    return std::unexpected(to_error(operation, result));
  return {};
}

}  // namespace evt::detail
