/// UTF-8, one character at a time: strict (no surrogates, no overlong forms, nothing past U+10FFFF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evtool {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< 0: the first byte of the text begins no valid character
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

/// C0, DEL, C1 and the bidi controls: what must not reach a terminal as it is.
bool is_control(std::uint32_t code);

}  // namespace evtool
