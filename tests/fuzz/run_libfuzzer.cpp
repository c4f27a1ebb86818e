/// What libFuzzer calls.
#include "fuzz.hpp"

#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming): the name is that of libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// NOLINTNEXTLINE(readability-identifier-naming): the name is that of libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz(std::as_bytes(std::span(data, size)));
  return 0;
}
