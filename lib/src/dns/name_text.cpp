/// Name as text: read with all its escapes, and printed as dig does.
#include "dns/labels.hpp"
#include "dns/text.hpp"
#include <evt/dns/name.hpp>

#include <cerrno>

namespace evt::dns {

namespace {

std::unexpected<Error> failure(const char* why) noexcept {
  return std::unexpected(errno_error(why, EINVAL));
}

/// One label: up to a dot that is not escaped, which is taken too.
struct LabelText {
  std::byte octets[Name::label_capacity];
  std::size_t size = 0;
  const char* wrong = nullptr;

  explicit LabelText(std::string_view& text) noexcept {
    while (!text.empty()) {
      if (text[0] == '.') {
        text.remove_prefix(1);
        return;
      }
      const int octet = take_octet(text);
      if (octet < 0) wrong = "dns: an escape that is none";
      if (size == sizeof octets) wrong = "dns: a label of more than 63 octets";
      if (wrong != nullptr) return;
      octets[size++] = static_cast<std::byte>(octet);
    }
  }
};

}  // namespace

Result<Name> Name::parse(std::string_view text) noexcept {
  if (text.empty()) return failure("dns: an empty name");
  NameBuilder builder;
  if (text == ".") return builder.finish();
  while (!text.empty()) {
    LabelText label(text);
    if (label.wrong != nullptr) return failure(label.wrong);
    if (label.size == 0) return failure("dns: an empty label");
    if (!builder.add(std::span(label.octets).first(label.size))) return failure(reason::name_too_long);
  }
  return builder.finish();
}

void append_label(std::string& out, std::span<const std::byte> label) {
  for (std::byte octet : label) {
    const char letter = static_cast<char>(octet);
    if (letter <= 0x20 || letter == 0x7f) {  // Above 0x7f it is negative.
      append_decimal_escape(out, octet);
      continue;
    }
    if (std::string_view("\"$().;@\\").contains(letter)) out += '\\';
    out += letter;
  }
  out += '.';
}

void Name::append_text(std::string& out) const {
  if (is_root()) out += '.';
  for (std::size_t at = 0; octets_[at] != std::byte{0};) {
    const std::size_t size = std::to_integer<std::size_t>(octets_[at]);
    append_label(out, wire().subspan(at + 1, size));
    at += size + 1;
  }
}

std::string Name::text() const {
  std::string out;
  append_text(out);
  return out;
}

}  // namespace evt::dns
