/// Small pieces of text that several files of this room read or print.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evt::dns {

inline bool is_digit(char letter) noexcept {
  return letter >= '0' && letter <= '9';
}

/// Takes one octet of presentation form off the front: a byte as it is, `\X` or `\DDD`. -1 for an escape that is none.
inline int take_octet(std::string_view& text) noexcept {
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (text[0] != '\\') {
    const int octet = byte_at(0);
    text.remove_prefix(1);
    return octet;
  }
  if (text.size() < 2) return -1;
  if (!is_digit(text[1])) {
    const int octet = byte_at(1);
    text.remove_prefix(2);
    return octet;
  }
  if (text.size() < 4 || !is_digit(text[2]) || !is_digit(text[3])) return -1;
  const int octet = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  if (octet > 255) return -1;
  text.remove_prefix(4);
  return octet;
}

/// `\007`
inline void append_decimal_escape(std::string& out, std::byte octet) {
  const unsigned value = std::to_integer<unsigned>(octet);
  out += '\\';
  for (unsigned divisor : {100U, 10U, 1U})
    out += static_cast<char>('0' + value / divisor % 10);
}

inline void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// Digits and nothing else, and no more than `most`.
inline std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t most) noexcept {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

inline char upper(char letter) noexcept {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 0x20) : letter;
}

/// Whether `text` is `word`, which is in upper case, in any case.
inline bool is_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (upper(text[i]) != word[i]) return false;
  }
  return true;
}

}  // namespace evt::dns
