/// Sizes, rates, durations and counts as people type them, and sizes and durations as people read
/// them. A refusal is a literal that completes "'TOKEN' …"; the caller quotes the token.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace evtool {

struct Size {
  std::uint64_t bytes = 0;
  bool operator==(const Size&) const = default;
};

struct Rate {
  std::uint64_t per_second = 0;
  bool operator==(const Rate&) const = default;
};

using Duration = std::chrono::nanoseconds;
/// What `inf` means.
inline constexpr Duration forever = Duration::max();

template <typename T>
using Parsed = std::expected<T, std::string_view>;

/// `64k 1M 1.5GiB 10kB`: k, K, KiB = 1024 and so on up to E; kB, KB, MB … are powers of 1000.
/// Fractions need a unit and are cut to whole bytes.
Parsed<Size> parse_size(std::string_view text);

/// A size, then an optional `/s`; never zero.
Parsed<Rate> parse_rate(std::string_view text);

/// `250us 250ms 5s 1m30s 1.5h 2d inf`, a bare number is seconds. Units come in falling order.
Parsed<Duration> parse_duration(std::string_view text);

/// Decimal digits only.
Parsed<std::uint64_t> parse_count(std::string_view text);

/// "17 B", "1.2 GiB": three digits are enough for the eye.
std::string show_size(std::uint64_t bytes);

/// "830 ns", "12.5 us", "1.2 s": for latencies and CPU time.
std::string show_duration(Duration time);

/// "0:07", "1:02:03": for what is left.
std::string show_clock(std::chrono::seconds time);

}  // namespace evtool
