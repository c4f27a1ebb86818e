/// What the simulated engine keeps in a request: its place, the whims it suffered, and how late its cancel is.
#pragma once

#include "engine/attempt.hpp"
#include "loop/access.hpp"

namespace evt::detail::sim {

/// In Access::engine_flags. at_gate: waits for its own file; at_target: a splice that waits for room in its target.
enum class Place : std::uint8_t { backlogged, taken, at_gate, at_target, over, pooled, starving };

inline Place place(Request& request) noexcept {
  return static_cast<Place>(Access::engine_flags(request));
}
inline void set_place(Request& request, Place place) noexcept {
  Access::engine_flags(request) = static_cast<std::uint8_t>(place);
}

// Access::engine_data: 8 bits of the generation, 4 of whims, 4 of the countdown.
inline constexpr unsigned most_countdown = 15;

inline unsigned whims(Request& request) noexcept {
  return Access::engine_data(request) >> 4 & 15U;
}
inline void set_whims(Request& request, unsigned whims) noexcept {
  const unsigned others = Access::engine_data(request) & 0xff0fU;
  Access::engine_data(request) = static_cast<std::uint16_t>(others | whims << 4);
}

inline unsigned countdown(Request& request) noexcept {
  return Access::engine_data(request) & 15U;
}
inline void set_countdown(Request& request, unsigned steps) noexcept {
  const unsigned others = Access::engine_data(request) & 0xfff0U;
  Access::engine_data(request) = static_cast<std::uint16_t>(others | steps);
}

/// The next attempt begins. Whims are counted on while it is the same activation.
inline void begin(Request& request) noexcept {
  const auto tag = static_cast<unsigned>(request.generation() & 0xff);
  const bool same = Access::engine_data(request) >> 8 == tag;
  Access::engine_data(request) = static_cast<std::uint16_t>(tag << 8 | (same ? whims(request) << 4 : 0U));
}

/// What the request waits for; `file` is null where it waits for nothing.
inline Gate gate(Request& request) noexcept {
  Attempt unused;
  switch (place(request)) {
    case Place::at_gate:
      if (request.operation() == Operation::splice) return {Access::file(request), Direction::read};
      return gate_of(request, unused);
    case Place::at_target:
      return {&Access::target(Access::io(request)), Direction::write};
    case Place::backlogged:
    case Place::taken:
    case Place::over:
    case Place::pooled:
    case Place::starving:
      break;
  }
  return {nullptr, Direction::read};
}

}  // namespace evt::detail::sim
