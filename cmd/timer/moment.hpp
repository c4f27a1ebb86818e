/// Points in time as people write them.
#pragma once

#include "units.hpp"
#include <evt/time.hpp>

#include <string_view>

namespace evtool::timer {

/// Nanoseconds since 1970, UTC, from
/// - `2026-11-25T15:30:00Z`, `2026-11-25 15:30:00.5+01:00` (RFC 3339); without Z or an offset it is local time,
/// - `15:30`, `15:30:10`: local time, today or else tomorrow: the next such time after `now`,
/// - `@1764084600`, `@1764084600.25`: since 1970.
Parsed<evt::nanoseconds> parse_moment(std::string_view text, evt::nanoseconds now);

}  // namespace evtool::timer
