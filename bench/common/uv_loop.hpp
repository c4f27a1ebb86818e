/// What the benchmarks on libuv share.
#pragma once

#include "common/measure.hpp"

#include <uv.h>

#include <cstddef>
#include <span>

namespace bench {

inline int checked_uv(int result, const char* operation) {
  if (result < 0) fail(operation, uv_strerror(result));
  return result;
}

/// libuv does not write to what it sends.
inline uv_buf_t uv_buffer(std::span<const std::byte> bytes) noexcept {
  return uv_buf_init(reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data())),
                     static_cast<unsigned>(bytes.size()));
}

}  // namespace bench
