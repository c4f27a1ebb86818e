/// What a fuzz target defines, and how it says what must hold.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

/// One input. Called by libFuzzer, or for each file of the corpus.
void fuzz(std::span<const std::byte> input);

namespace evt::fuzzing {

inline std::string_view text_of(std::span<const std::byte> input) noexcept {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

inline void require(bool holds, const char* claim) noexcept {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

}  // namespace evt::fuzzing
