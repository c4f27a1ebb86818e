/// What the benchmarks on asio share. Each is compiled twice: for epoll, and for io_uring where asio can.
#pragma once

#include "common/measure.hpp"

#include <asio.hpp>

namespace bench {

#ifdef ASIO_HAS_IO_URING
inline constexpr const char* asio_variant = "asio io_uring";
#else
inline constexpr const char* asio_variant = "asio epoll";
#endif

inline void checked_asio(const asio::error_code& error, const char* operation) {
  if (error) fail(operation, error.message().c_str());
}

}  // namespace bench
