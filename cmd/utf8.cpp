/// Decoding by the table of RFC 3629, section 4.
#include "utf8.hpp"

#include <array>

namespace evtool {
namespace {

/// The length that a first byte announces, 0 when it cannot be one.
std::size_t announced_length(unsigned char byte) {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  if (byte >= 0xf0 && byte <= 0xf4) return 4;
  return 0;
}

}  // namespace

Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto length = announced_length(byte(0));
  if (length <= 1) return {.code = byte(0), .length = length};
  if (text.size() < length) return {};
  std::uint32_t code = byte(0) & (0x7fU >> length);
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0U) != 0x80) return {};
    code = code << 6 | (byte(index) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[length] || code > 0x10ffff || surrogate) return {};
  return {.code = code, .length = length};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.length == 0) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

bool is_control(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  const bool marks = code == 0x061c || code == 0x200e || code == 0x200f;
  const bool line_separators = code == 0x2028 || code == 0x2029;
  return marks || line_separators || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace evtool
