/// Which side a splice waits for before its next try, kept in the request between activations.
#pragma once

#include "engine/attempt.hpp"
#include "loop/core.hpp"

namespace evt::detail {

/// In Access::engine_data: low byte the side to wait for first, high byte the one that held the
/// splice up last.
enum class Side : std::uint8_t { none, source, target };

inline Side side_of(Gate gate) noexcept {
  return gate.direction == Direction::read ? Side::source : Side::target;
}

/// After an EAGAIN at `gate`.
inline void remember_side(Request& request, Gate gate) noexcept {
  Access::engine_data(request) = static_cast<std::uint16_t>(static_cast<unsigned>(side_of(gate)) << 8);
}

inline void expect_no_wait(Request& request) noexcept {
  Access::engine_data(request) &= 0xff00;
}

/// After `moved` of `wanted` bytes: a short splice asks by level next time instead of trying in vain.
inline void note_splice(Request& request, std::int64_t moved, std::size_t wanted) noexcept {
  if (moved <= 0 || static_cast<std::size_t>(moved) >= wanted) return expect_no_wait(request);
  const auto regular = [](File& file) { return Core::kind_of(file) == Access::Kind::regular; };
  unsigned side = Access::engine_data(request) >> 8;
  if (regular(*Access::file(request))) side = static_cast<unsigned>(Side::target);
  if (regular(Access::target(Access::io(request)))) side = static_cast<unsigned>(Side::source);
  Access::engine_data(request) = static_cast<std::uint16_t>(side << 8 | side);
}

/// Where the next try has to wait first, if anywhere: then `file` is not null.
inline Gate expected_gate(Request& request) noexcept {
  switch (static_cast<Side>(Access::engine_data(request) & 0xff)) {
    case Side::source:
      return {Access::file(request), Direction::read};
    case Side::target:
      return {&Access::target(Access::io(request)), Direction::write};
    case Side::none:
      break;
  }
  return {nullptr, Direction::read};
}

}  // namespace evt::detail
