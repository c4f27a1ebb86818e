/// SipHash-2-4: a keyed hash of short inputs that nobody without the key can predict (Aumasson and Bernstein, 2012).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace evt::dns::detail {

using SipKey = std::array<std::uint64_t, 2>;

namespace sip {

struct State {
  std::uint64_t v0, v1, v2, v3;

  constexpr void round() noexcept {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  }

  constexpr void take(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace sip

/// The first byte of the result is its lowest one.
inline std::uint64_t siphash(const SipKey& key, std::span<const std::byte> data) noexcept {
  sip::State state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
                   key[1] ^ 0x7465646279746573};
  std::uint64_t last = std::uint64_t{data.size()} << 56U;
  for (; data.size() >= 8; data = data.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), 8);
    state.take(word);
  }
  for (std::size_t i = 0; i < data.size(); ++i)
    last |= std::to_integer<std::uint64_t>(data[i]) << (8 * i);
  state.take(last);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i)
    state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace evt::dns::detail
