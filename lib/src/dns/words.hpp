/// Text files of the system, cut into lines and words; and how much of such a file is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace evt::dns::detail {

/// Blanks between words. A carriage return is one, for the sake of files that came from elsewhere.
inline constexpr std::string_view blanks = " \t\r\v\f";

/// Takes the first line off `text`, without its end, and nothing behind a NUL in it.
constexpr std::string_view take_line(std::string_view& text) noexcept {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line.substr(0, line.find('\0'));
}

/// Takes the first word off `line`; empty where there is none.
constexpr std::string_view take_word(std::string_view& line) noexcept {
  const std::size_t begin = line.find_first_not_of(blanks);
  line.remove_prefix(begin == std::string_view::npos ? line.size() : begin);
  const std::string_view word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

/// In lower case, as names are compared. ASCII only.
constexpr char lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// The first `limit` bytes of a file; nothing where it cannot be read.
std::string read_text(const char* path, std::size_t limit);

}  // namespace evt::dns::detail
