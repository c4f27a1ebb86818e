/// What the examples share: the name of a backend, as tests give it.
#pragma once

#include <evt/loop.hpp>

#include <initializer_list>
#include <optional>
#include <string_view>

/// Options of a loop on the backend of that name ("auto", "io_uring", "epoll"), or nothing for another name.
inline std::optional<evt::LoopOptions> options_for(std::string_view name) {
  for (const evt::Backend backend : {evt::Backend::automatic, evt::Backend::io_uring, evt::Backend::epoll}) {
    if (name == evt::name_of(backend)) return evt::LoopOptions{.backend = backend};
  }
  return std::nullopt;
}
