/// The state machine of transform.hpp: lines are found with memchr, bytes that change by table.
#include "cat/transform.hpp"

#include <algorithm>
#include <cstring>

namespace evtool::cat {
namespace {

std::byte* put(std::byte* output, char byte) {
  *output = static_cast<std::byte>(byte);
  return output + 1;
}

std::byte* put(std::byte* output, std::span<const char> bytes) {
  std::memcpy(output, bytes.data(), bytes.size());
  return output + bytes.size();
}

/// "^X" for controls, "^?" for DEL, "M-" and the same for bytes above 127.
std::byte* put_visible(std::byte* output, unsigned char byte) {
  if (byte >= 128) {
    output = put(put(output, 'M'), '-');
    byte = static_cast<unsigned char>(byte - 128);
  }
  if (byte >= 32 && byte < 127) return put(output, static_cast<char>(byte));
  return put(put(output, '^'), static_cast<char>(byte ^ 64U));
}

}  // namespace

LineCounter::LineCounter() {
  text_.fill(' ');
  text_[digits - 1] = '0';
  text_[digits] = '\t';
}

std::span<const char> LineCounter::next() {
  std::size_t place = digits;
  while (place > first_) {
    --place;
    if (text_[place] < '9') {
      ++text_[place];
      return std::span(text_).subspan(std::min(first_, digits - width));
    }
    text_[place] = '0';
  }
  if (first_ > 0) {
    text_[--first_] = '1';
  } else {
    text_[0] = '>';
  }
  return std::span(text_).subspan(std::min(first_, digits - width));
}

Transform::Transform(Format format) : format_(format), numbers_(format.number || format.number_nonblank) {
  copies_text_ = !format.show_nonprinting && !format.show_tabs;
  if (copies_text_) return;
  for (unsigned byte = 0; byte < shapes_.size(); ++byte) {
    const bool changed = byte == '\t' ? format.show_tabs : format.show_nonprinting;
    auto& shape = shapes_[byte];
    std::byte* const begin = shape.bytes.data();
    const auto value = static_cast<unsigned char>(byte);
    std::byte* const end = changed ? put_visible(begin, value) : put(begin, static_cast<char>(value));
    shape.length = static_cast<std::uint8_t>(end - begin);
  }
}

std::size_t Transform::feed(std::span<const std::byte> input, std::byte* output) {
  std::byte* const begin = output;
  while (!input.empty()) {
    const void* newline = std::memchr(input.data(), '\n', input.size());
    const auto length = newline == nullptr
                            ? input.size()
                            : static_cast<std::size_t>(static_cast<const std::byte*>(newline) - input.data());
    if (length > 0) output = put_text(input.first(length), output);
    if (newline == nullptr) break;
    output = end_line(output);
    input = input.subspan(length + 1);
  }
  return static_cast<std::size_t>(output - begin);
}

std::size_t Transform::finish(std::byte* output) {
  return static_cast<std::size_t>(put_carriage_return(output) - output);
}

/// A newline was read: in an empty line (`line_` begins) there may be one to leave out or to number.
std::byte* Transform::end_line(std::byte* output) {
  if (line_ == Line::begins) {
    empty_lines_ = std::min(empty_lines_ + 1, 2U);
    if (empty_lines_ == 2 && format_.squeeze_blank) return output;
    if (format_.number && !format_.number_nonblank) output = number(output);
  }
  line_ = Line::begins;
  if (held_return_) output = put(put(output, '^'), 'M');
  held_return_ = false;
  if (format_.show_ends) output = put(output, '$');
  return put(output, '\n');
}

std::byte* Transform::number(std::byte* output) {
  return put(output, counter_.next());
}

/// `text` is not empty and has no newline.
std::byte* Transform::put_text(std::span<const std::byte> text, std::byte* output) {
  output = put_carriage_return(output);
  if (line_ == Line::begins && numbers_) output = number(output);
  line_ = Line::continues;
  empty_lines_ = 0;
  // With -v a carriage return is "^M" wherever it stands; -E alone shows only those that end a line.
  held_return_ = format_.show_ends && !format_.show_nonprinting && text.back() == std::byte{'\r'};
  if (held_return_) text = text.first(text.size() - 1);
  if (copies_text_) {
    std::memcpy(output, text.data(), text.size());
    return output + text.size();
  }
  for (const std::byte byte : text) {
    // All four bytes, without a branch on the length: random input would mispredict it.
    const auto& shape = shapes_[std::to_integer<std::size_t>(byte)];
    std::memcpy(output, shape.bytes.data(), shape.bytes.size());
    output += shape.length;
  }
  return output;
}

std::byte* Transform::put_carriage_return(std::byte* output) {
  if (!held_return_) return output;
  held_return_ = false;
  return put(output, '\r');
}

}  // namespace evtool::cat
