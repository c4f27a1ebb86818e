/// What the benchmarks over evt share: the loop on the backend that was asked for, and running it
/// until the work is done.
#pragma once

#include "common/measure.hpp"
#include <evt/loop.hpp>

#include <array>
#include <string>
#include <string_view>

namespace bench {

/// A loop on `--backend=auto|io_uring|epoll`.
inline evt::Loop make_loop(Arguments& arguments, evt::Completions completions = evt::Completions::on_wait) {
  const std::string_view name = arguments.text("--backend", "auto");
  for (const auto backend : std::array{evt::Backend::automatic, evt::Backend::io_uring, evt::Backend::epoll}) {
    if (name != evt::name_of(backend)) continue;
    auto loop = evt::Loop::create({.backend = backend, .completions = completions});
    if (!loop) fail("evt::Loop::create", loop.error().message().c_str());
    return std::move(*loop);
  }
  fail("--backend", "is one of auto, io_uring, epoll");
}

inline void run_to_end(evt::Loop& loop) {
  if (const auto ran = loop.run(); !ran) fail("evt::Loop::run", ran.error().message().c_str());
}

/// A turn that does not wait.
inline void run_once(evt::Loop& loop) {
  if (const auto ran = loop.run(evt::RunMode::no_wait); !ran) fail("evt::Loop::run", ran.error().message().c_str());
}

/// The operations of `kind` the loop itself has counted must be those we asked for.
inline void check_count(const evt::Loop& loop, evt::Operation kind, std::uint64_t count) {
  if (loop.statistics().operations[static_cast<std::size_t>(kind)] != count) fail("evt", "operations are missing");
}

}  // namespace bench
