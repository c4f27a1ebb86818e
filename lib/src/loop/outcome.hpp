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

template <class R, class T>
Action call(StoredFunction function, void* context, R& request, Result<T> result) {
  if (function == nullptr) return Action::disarm;
  return reinterpret_cast<typename Callback<R, T>::Function>(function)(context, request, std::move(result));
}

}  // namespace evt::detail
