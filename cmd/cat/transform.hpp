/// Transform: what -n -b -s -E -T -v do to the bytes, as a state machine that neither reads nor
/// writes. Byte-identical to GNU cat 9.1, however the input is cut into pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evtool::cat {

struct Format {
  bool number = false;            ///< -n
  bool number_nonblank = false;   ///< -b, wins over -n
  bool squeeze_blank = false;     ///< -s
  bool show_ends = false;         ///< -E
  bool show_tabs = false;         ///< -T
  bool show_nonprinting = false;  ///< -v

  bool changes_nothing() const {
    return !number && !number_nonblank && !squeeze_blank && !show_ends && !show_tabs && !show_nonprinting;
  }
};

/// The line number as GNU cat prints it: at least six places and a tab, and '>' in front once 18 digits are used up.
class LineCounter {
 public:
  LineCounter();
  /// Counts one line; the text with its tab, valid until the next call.
  std::span<const char> next();

 private:
  static constexpr std::size_t digits = 18;
  static constexpr std::size_t width = 6;
  std::array<char, digits + 1> text_;
  std::size_t first_ = digits - 1;
};

class Transform {
 public:
  /// The most bytes that one byte of input can become: a line number and "M-^X".
  static constexpr std::size_t growth = 24;

  explicit Transform(Format format);

  /// Writes what `input` becomes to `output`, which has room for `growth` bytes for each byte of input.
  /// Returns how many bytes it wrote.
  std::size_t feed(std::span<const std::byte> input, std::byte* output);

  /// What is still owed once no input follows (a carriage return that -E held back), at most one byte.
  std::size_t finish(std::byte* output);

 private:
  enum class Line { begins, continues };

  std::byte* end_line(std::byte* output);
  std::byte* number(std::byte* output);
  std::byte* put_text(std::span<const std::byte> text, std::byte* output);
  std::byte* put_carriage_return(std::byte* output);

  /// What one byte looks like.
  struct Shape {
    std::array<std::byte, 4> bytes{};
    std::uint8_t length = 0;
  };

  Format format_;
  bool numbers_;
  bool copies_text_;  // Lines change at their ends only; shapes_ is not used.
  std::array<Shape, 256> shapes_;
  LineCounter counter_;
  Line line_ = Line::begins;
  unsigned empty_lines_ = 0;  // How many came in a row, up to 2.
  bool held_return_ = false;  // "\r" ended the input: "^M" when a newline follows, itself otherwise.
};

}  // namespace evtool::cat
