/// Numbers that nobody else can predict: ids and secrets.
#pragma once

#include <sys/random.h>

#include <optional>
#include <type_traits>

namespace evt::dns::detail {

/// From getrandom(2), which gives so little at once as soon as the machine has booted; nothing where a filter refuses
/// it.
template <class T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> random() noexcept {
  static_assert(sizeof(T) <= 256);
  T value;
  if (getrandom(&value, sizeof(value), 0) != ssize_t{sizeof(value)}) return std::nullopt;
  return value;
}

}  // namespace evt::dns::detail
