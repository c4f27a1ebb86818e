/// Numbers of DNS as words, and back.
#include "dns/table.hpp"
#include "dns/text.hpp"
#include <evt/dns/type.hpp>

#include <utility>

namespace evt::dns {

namespace {

using namespace std::string_view_literals;

template <std::size_t Size>
void append_word(std::string& out, const std::string_view (&words)[Size], unsigned number, std::string_view unknown) {
  if (number < Size && !words[number].empty()) {
    out += words[number];
    return;
  }
  out += unknown;
  append_number(out, number);
}

/// `text` behind `prefix` as a number of 16 bits.
std::optional<std::uint16_t> parse_numbered(std::string_view text, std::string_view prefix) noexcept {
  if (text.size() <= prefix.size() || !is_word(text.substr(0, prefix.size()), prefix)) return std::nullopt;
  auto number = parse_number(text.substr(prefix.size()), 0xffff);
  if (!number) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

constexpr std::pair<std::string_view, Class> classes[] = {
    {"IN"sv, Class::in},     {"CH"sv, Class::ch},     {"CHAOS"sv, Class::ch}, {"HS"sv, Class::hs},
    {"HESIOD"sv, Class::hs}, {"NONE"sv, Class::none}, {"ANY"sv, Class::any},
};

}  // namespace

void append_text(std::string& out, Type type) {
  if (const TypeRow* row = find_row(type)) {
    out += row->name;
    return;
  }
  out += "TYPE";
  append_number(out, static_cast<unsigned>(type));
}

void append_text(std::string& out, Class value) {
  for (auto [word, number] : classes) {
    if (number == value) {
      out += word;
      return;
    }
  }
  out += "CLASS";
  append_number(out, static_cast<unsigned>(value));
}

void append_text(std::string& out, Opcode opcode) {
  static constexpr std::string_view words[] = {"QUERY", "IQUERY", "STATUS", "RESERVED3", "NOTIFY", "UPDATE"};
  append_word(out, words, static_cast<unsigned>(opcode), "RESERVED");
}

void append_text(std::string& out, Rcode rcode) {
  static constexpr std::string_view words[] = {
      "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",   "NOTIMP",     "REFUSED",    "YXDOMAIN",   "YXRRSET",
      "NXRRSET", "NOTAUTH", "NOTZONE",  "RESERVED11", "RESERVED12", "RESERVED13", "RESERVED14", "RESERVED15",
      "BADVERS", "",        "",         "",           "",           "",           "",           "BADCOOKIE",
  };
  append_word(out, words, static_cast<unsigned>(rcode), "");
}

std::optional<Type> parse_type(std::string_view text) noexcept {
  if (const TypeRow* row = find_row(text)) return row->type;
  auto number = parse_numbered(text, "TYPE");
  if (!number) return std::nullopt;
  return Type{*number};
}

std::optional<Class> parse_class(std::string_view text) noexcept {
  for (auto [word, number] : classes) {
    if (is_word(text, word)) return number;
  }
  auto number = parse_numbered(text, "CLASS");
  if (!number) return std::nullopt;
  return Class{*number};
}

}  // namespace evt::dns
