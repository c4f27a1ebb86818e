/// JSON by RFC 8259; base64 by RFC 4648.
#include "json.hpp"

#include "utf8.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace evtool {
namespace {

void append_u(std::string& out, std::uint32_t code) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[code >> shift & 0xf];
}

void append_escaped(std::string& out, std::string_view utf8) {
  while (!utf8.empty()) {
    const auto character = first_character(utf8);
    const auto length = character.length == 0 ? 1 : character.length;
    if (character.length == 0) {
      out += "\\ufffd";  // A broken promise of the caller must not become broken JSON.
    } else if (character.code == '"' || character.code == '\\') {
      out.append(1, '\\').append(1, utf8[0]);
    } else if (character.code == '\n') {
      out += "\\n";
    } else if (is_control(character.code)) {
      append_u(out, character.code);
    } else {
      out += utf8.substr(0, length);
    }
    utf8.remove_prefix(length);
  }
}

template <typename T>
void append_number(std::string& out, T value) {
  std::array<char, 32> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), result.ptr);
}

}  // namespace

void Json::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Json& Json::begin_object() {
  separate();
  out_ += '{';
  comma_ = false;
  return *this;
}

Json& Json::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

Json& Json::begin_array() {
  separate();
  out_ += '[';
  comma_ = false;
  return *this;
}

Json& Json::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

Json& Json::key(std::string_view name) {
  separate();
  out_.append(1, '"').append(name).append("\":");
  comma_ = false;
  return *this;
}

Json& Json::text(std::string_view utf8) {
  separate();
  out_ += '"';
  append_escaped(out_, utf8);
  out_ += '"';
  return *this;
}

Json& Json::base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  separate();
  out_ += '"';
  for (std::size_t start = 0; start < bytes.size(); start += 3) {
    const auto group = bytes.substr(start, 3);
    std::uint32_t bits = 0;
    for (std::size_t index = 0; index < 3; ++index)
      bits = bits << 8 | (index < group.size() ? static_cast<unsigned char>(group[index]) : 0U);
    for (std::size_t index = 0; index < 4; ++index)
      out_ += index <= group.size() ? alphabet[bits >> (18 - 6 * index) & 0x3f] : '=';
  }
  out_ += '"';
  return *this;
}

Json& Json::number(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Json& Json::number(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Json& Json::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  append_number(out_, value);
  return *this;
}

Json& Json::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Json& Json::null() {
  separate();
  out_ += "null";
  return *this;
}

Json& Json::member(std::string_view name, std::string_view bytes) {
  if (is_utf8(bytes)) return key(name).text(bytes);
  return key(std::string(name).append("_b64")).base64(bytes);
}

}  // namespace evtool
