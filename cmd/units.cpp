/// The grammars of sizes, rates and durations, in integers throughout: no rounding, no locale.
#include "units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace evtool {
namespace {

constexpr std::string_view not_a_number = "is not a number";
constexpr std::string_view negative = "is negative";
constexpr std::string_view too_large = "is too large";
constexpr std::string_view junk = "has junk after the number";

constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();

/// `whole.fraction`, the fraction in billionths: finer digits are read and dropped.
struct Decimal {
  std::uint64_t whole = 0;
  std::uint64_t billionths = 0;
  bool has_fraction = false;
};

constexpr bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length]))
    ++length;
  const auto digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

/// Takes a decimal number off the front of `text`.
Parsed<Decimal> take_decimal(std::string_view& text) {
  if (text.starts_with('-')) return std::unexpected(negative);
  Decimal number;
  const auto digits = take_digits(text);
  for (const char digit : digits) {
    const auto step = static_cast<std::uint64_t>(digit - '0');
    if (number.whole > (highest - step) / 10) return std::unexpected(too_large);
    number.whole = number.whole * 10 + step;
  }
  if (!text.starts_with('.')) {
    if (digits.empty()) return std::unexpected(not_a_number);
    return number;
  }
  text.remove_prefix(1);
  const auto fraction = take_digits(text);
  if (fraction.empty()) return std::unexpected(digits.empty() ? not_a_number : junk);
  number.has_fraction = true;
  std::uint64_t weight = 100'000'000;
  for (const char digit : fraction) {
    number.billionths += weight * static_cast<std::uint64_t>(digit - '0');
    weight /= 10;
  }
  return number;
}

/// number × unit, cut to a whole, or nothing when it does not fit.
std::optional<std::uint64_t> times(Decimal number, std::uint64_t unit) {
  constexpr std::uint64_t billion = 1'000'000'000;
  std::uint64_t whole = 0;
  if (__builtin_mul_overflow(number.whole, unit, &whole)) return std::nullopt;
  // unit = high × 10⁹ + low keeps both products below 2⁶⁴.
  const auto part = number.billionths * (unit / billion) + number.billionths * (unit % billion) / billion;
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(whole, part, &sum)) return std::nullopt;
  return sum;
}

/// The bytes that `unit` stands for, 0 when it is none.
std::uint64_t size_unit(std::string_view unit) {
  if (unit.empty() || unit == "B") return 1;
  constexpr std::string_view letters = "kMGTPE";
  const auto power = letters.find(unit[0] == 'K' ? 'k' : unit[0]);
  if (power == std::string_view::npos) return 0;
  const auto rest = unit.substr(1);
  if (!rest.empty() && rest != "B" && rest != "iB") return 0;
  const std::uint64_t base = rest == "B" ? 1000 : 1024;
  std::uint64_t bytes = 1;
  for (std::size_t step = 0; step <= power; ++step)
    bytes *= base;
  return bytes;
}

struct DurationUnit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

/// In falling order: the order compound durations must keep.
constexpr std::array duration_units{
    DurationUnit{"d", 86'400'000'000'000},
    DurationUnit{"h", 3'600'000'000'000},
    DurationUnit{"m", 60'000'000'000},
    DurationUnit{"s", 1'000'000'000},
    DurationUnit{"ms", 1'000'000},
    DurationUnit{"us", 1'000},
    DurationUnit{"ns", 1},
};

/// Takes letters off the front of `text` and says where they stand in duration_units.
std::size_t take_duration_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z')
    ++length;
  const auto name = text.substr(0, length);
  text.remove_prefix(length);
  std::size_t index = 0;
  while (index < duration_units.size() && duration_units[index].name != name)
    ++index;
  return index;
}

std::string with_tenths(std::uint64_t tenths, std::string_view unit) {
  std::string text = std::to_string(tenths / 10);
  if (tenths < 1000) text.append(1, '.').append(1, static_cast<char>('0' + tenths % 10));
  return text.append(1, ' ').append(unit);
}

}  // namespace

Parsed<Size> parse_size(std::string_view text) {
  const auto number = take_decimal(text);
  if (!number) return std::unexpected(number.error());
  const auto unit = size_unit(text);
  if (unit == 0) return std::unexpected(junk);
  if (unit == 1 && number->has_fraction) return std::unexpected("is not a whole number of bytes");
  const auto bytes = times(*number, unit);
  // Sizes are offsets too, and those are signed in the kernel.
  if (!bytes || *bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return std::unexpected(too_large);
  return Size{*bytes};
}

Parsed<Rate> parse_rate(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  const auto size = parse_size(text);
  if (!size) return std::unexpected(size.error());
  if (size->bytes == 0) return std::unexpected("is zero");
  return Rate{size->bytes};
}

Parsed<Duration> parse_duration(std::string_view text) {
  if (text == "inf" || text == "infinity") return forever;
  constexpr auto limit = static_cast<std::uint64_t>(Duration::max().count());
  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  bool first = true;
  do {
    const auto number = take_decimal(text);
    if (!number) {
      const bool bare_junk = !first && number.error() != too_large;
      return std::unexpected(bare_junk ? junk : number.error());
    }
    constexpr std::size_t seconds = 3;
    const std::size_t unit = first && text.empty() ? seconds : take_duration_unit(text);
    if (unit >= duration_units.size()) return std::unexpected(junk);
    if (unit < next_unit) return std::unexpected("has its units out of order");
    next_unit = unit + 1;
    const auto part = times(*number, duration_units[unit].nanoseconds);
    if (!part || __builtin_add_overflow(total, *part, &total) || total >= limit) return std::unexpected(too_large);
    first = false;
  } while (!text.empty());
  return Duration{static_cast<std::int64_t>(total)};
}

Parsed<std::uint64_t> parse_count(std::string_view text) {
  if (text.starts_with('-')) return std::unexpected(negative);
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc::result_out_of_range) return std::unexpected(too_large);
  if (error != std::errc{}) return std::unexpected(not_a_number);
  if (end != text.data() + text.size()) return std::unexpected(junk);
  return count;
}

std::string show_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  constexpr std::array<std::string_view, 6> names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t power = 0;
  while (power + 1 < names.size() && (bytes >> (10 * (power + 2))) != 0)
    ++power;
  const unsigned shift = 10 * (static_cast<unsigned>(power) + 1);
  const auto whole = bytes >> shift;
  const auto rest = bytes & ((std::uint64_t{1} << shift) - 1);
  // Ten bits of the rest decide the tenth: they cannot overflow when multiplied.
  return with_tenths(whole * 10 + (((rest >> (shift - 10)) * 10) >> 10), names[power]);
}

std::string show_duration(Duration time) {
  const auto nanoseconds = static_cast<std::uint64_t>(time.count() < 0 ? 0 : time.count());
  if (nanoseconds < 1'000) return std::to_string(nanoseconds) + " ns";
  if (nanoseconds < 1'000'000) return with_tenths(nanoseconds / 100, "us");
  if (nanoseconds < 1'000'000'000) return with_tenths(nanoseconds / 100'000, "ms");
  return with_tenths(nanoseconds / 100'000'000, "s");
}

std::string show_clock(std::chrono::seconds time) {
  const auto two = [](std::int64_t number) {
    const char digits[] = {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    return std::string(digits, 2);
  };
  const auto seconds = time.count() < 0 ? 0 : time.count();
  const auto hours = seconds / 3600;
  const auto minutes = seconds / 60 % 60;
  std::string text = hours == 0 ? std::to_string(minutes) : std::to_string(hours) + ":" + two(minutes);
  return text + ":" + two(seconds % 60);
}

}  // namespace evtool
