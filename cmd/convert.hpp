/// From the text of an option's value to the type of the Settings member it is bound to. A new type is
/// one overload here, or `words<Enum>` where the values are words.
#pragma once

#include "units.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evtool {

/// Why a value was refused, completing "'TOKEN' …"; empty when it was taken.
using Refusal = std::string;

/// The words of an enum, in the order of its enumerators, which start at 0 and have no gaps:
/// `template <> inline constexpr auto words<When> = std::to_array<std::string_view>({"auto", …});`
template <typename Enum>
inline constexpr std::array<std::string_view, 0> words{};

template <typename T>
concept Worded = std::is_enum_v<T> && !words<T>.empty();

template <typename T>
Refusal take(Parsed<T> parsed, T& target, std::string_view example) {
  if (!parsed) return Refusal(parsed.error()).append("; expected ").append(example);
  target = *parsed;
  return {};
}

inline Refusal convert(std::string_view text, std::string& target) {
  target = text;
  return {};
}

inline Refusal convert(std::string_view text, Size& target) {
  return take(parse_size(text), target, "a size such as 64k, 1M or 1GiB");
}

inline Refusal convert(std::string_view text, Rate& target) {
  return take(parse_rate(text), target, "a rate such as 500k/s or 10M/s");
}

inline Refusal convert(std::string_view text, Duration& target) {
  return take(parse_duration(text), target, "a duration such as 250ms, 5s or 1m30s");
}

template <std::integral Integer>
Refusal convert(std::string_view text, Integer& target) {
  static_assert(!std::is_same_v<Integer, bool>, "a bool is a flag and has no value");
  std::uint64_t count = 0;
  auto parsed = parse_count(text);
  if (parsed && *parsed > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()))
    parsed = std::unexpected("is too large");
  auto refusal = take(parsed, count, "a whole number");
  if (refusal.empty()) target = static_cast<Integer>(count);
  return refusal;
}

/// "is none of auto, always, never"
Refusal none_of(std::span<const std::string_view> allowed);

template <Worded Enum>
Refusal convert(std::string_view text, Enum& target) {
  for (std::size_t index = 0; index < words<Enum>.size(); ++index) {
    if (words<Enum>[index] != text) continue;
    target = static_cast<Enum>(index);
    return {};
  }
  return none_of(words<Enum>);
}

/// A member that knows whether it was given.
template <typename T>
Refusal convert(std::string_view text, std::optional<T>& target) {
  return convert(text, target.emplace());
}

/// An option that may be repeated.
template <typename T>
Refusal convert(std::string_view text, std::vector<T>& target) {
  return convert(text, target.emplace_back());
}

/// What convert() accepts, for help and completions: empty where any text may be right.
template <typename T>
inline constexpr std::span<const std::string_view> words_of{};
template <Worded Enum>
inline constexpr std::span<const std::string_view> words_of<Enum>{words<Enum>};
template <Worded Enum>
inline constexpr std::span<const std::string_view> words_of<std::optional<Enum>>{words<Enum>};

}  // namespace evtool
