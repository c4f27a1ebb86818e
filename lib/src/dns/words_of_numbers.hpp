/// Words that stand for numbers in the data of records, and points in time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evt::dns {

struct Word {
  std::string_view text;
  std::uint16_t number;
};

enum class Vocabulary : std::uint8_t { algorithm, certificate, scheme, parameter };

/// Empty where there is none.
std::string_view word_of(Vocabulary vocabulary, unsigned number) noexcept;
/// The word in any case, or a number up to `most`.
std::optional<std::uint16_t> number_of(Vocabulary vocabulary, std::string_view word, std::uint16_t most) noexcept;

/// RFC 4034 §3.2: YYYYMMDDHHMMSS, of the time nearest to now that has these last 32 bits.
void append_time(std::string& out, std::uint32_t time);
/// The other way, or a number of seconds.
std::optional<std::uint32_t> parse_time(std::string_view text) noexcept;
/// A number, or numbers with units: 1w2d3h4m5s.
std::optional<std::uint32_t> parse_seconds(std::string_view text) noexcept;

}  // namespace evt::dns
