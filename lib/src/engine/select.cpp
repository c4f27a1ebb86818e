/// Which engine: the candidates in order, each tried for real.
#include "engine/epoll.hpp"
#include "engine/uring.hpp"
#include "loop/candidates.hpp"

#include <algorithm>
#include <array>

namespace evt::detail {

namespace {

Result<std::unique_ptr<Engine>> try_backend(Backend backend, const LoopOptions& options, std::string& reason) {
  switch (backend) {
    case Backend::io_uring:
      return UringEngine::create(options, reason);
    case Backend::epoll:
      reason = "epoll";
      return EpollEngine::create(options);
    case Backend::automatic:
    case Backend::simulated:
      break;
  }
  return std::unexpected(errno_error("create", EINVAL));
}

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(const LoopOptions& options, std::string& reason) {
  if (options.backend != Backend::automatic) return try_backend(options.backend, options, reason);
  std::array order{Backend::io_uring, Backend::epoll};
  if (options.preferred == Backend::epoll) std::ranges::reverse(order);
  std::string refused;
  auto engine = try_backend(order[0], options, reason);
  if (!engine) {
    refused = engine.error().message();
    engine = try_backend(order[1], options, reason);
    reason += " (" + refused + ")";
  } else if (order[0] == Backend::epoll) {
    reason += " (preferred here)";
  }
  return engine;
}

}  // namespace evt::detail

namespace evt {

std::span<const Backend> available_backends() noexcept {
  static std::array<Backend, 2> found{};
  static const std::size_t count = [] {
    std::size_t number = 0;
    std::string reason;
    for (const Backend backend : {Backend::io_uring, Backend::epoll}) {
      if (detail::make_engine({.backend = backend, .entries = 8}, reason)) found[number++] = backend;
    }
    return number;
  }();
  return {found.data(), count};
}

}  // namespace evt
