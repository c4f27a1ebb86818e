/// The parameters of SVCB and HTTPS (RFC 9460), from text. They may stand in any order.
#include "dns/parser.hpp"
#include "dns/text.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace evt::dns {

namespace {

struct Parameter {
  std::uint16_t key = 0;
  std::string_view value;
};

std::optional<std::uint16_t> parse_key(std::string_view text) noexcept {
  if (text.size() > 3 && is_word(text.substr(0, 3), "KEY")) {
    auto number = parse_number(text.substr(3), 0xffff);
    if (!number) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
  }
  if (text.empty() || is_digit(text[0])) return std::nullopt;
  return number_of(Vocabulary::parameter, text, 0);
}

/// `key`, `key=value`, `key="value"`, where the tokens end at the quote.
std::optional<Parameter> take_parameter(Tokens& tokens) noexcept {
  const Token token = tokens.next();
  const std::size_t equals = token.text.find('=');
  auto key = parse_key(token.text.substr(0, equals));
  if (!key || token.quoted) return std::nullopt;
  Parameter parameter{.key = *key};
  if (equals == std::string_view::npos) return parameter;
  parameter.value = token.text.substr(equals + 1);
  if (parameter.value.empty() && tokens.quote_follows()) parameter.value = tokens.next().text;
  return parameter;
}

}  // namespace

/// By number, which takes a look at all of them for each: there are few, and nothing is kept.
void Parser::parameters() noexcept {
  const Tokens all = tokens_;
  std::size_t count = 0;
  for (; !tokens_.done(); ++count) {
    if (!take_parameter(tokens_) || count == 64) return refuse(reason::bad_parameter);
  }
  int last = -1;
  for (; count > 0 && wrong_ == nullptr; --count) {
    std::optional<Parameter> least;
    for (Tokens ahead = all; !ahead.done();) {
      auto parameter = take_parameter(ahead);
      if (parameter && parameter->key > last && (!least || parameter->key < least->key)) least = parameter;
    }
    if (!least) return refuse(reason::bad_parameter);  // One of them is there twice.
    last = least->key;
    writer_.number(least->key, 2);
    std::span<std::byte> size_place = writer_.take(2);
    const std::size_t begin = writer_.size();
    parameter(least->key, least->value);
    if (!size_place.empty()) detail::OctetWriter(size_place).number(writer_.size() - begin, 2);
  }
}

void Parser::parameter(unsigned key, std::string_view value) noexcept {
  switch (key) {
    case 0: {
      std::uint16_t keys[64];
      std::size_t count = 0;
      list(value, [&](std::string_view word) {
        auto number = parse_key(word);
        if (!number || count == std::size(keys)) return refuse(reason::bad_parameter);
        keys[count++] = *number;
      });
      std::sort(keys, keys + count);
      for (std::size_t i = 0; i < count; ++i)
        writer_.number(keys[i], 2);
      return;
    }
    case 1:
      return protocols(value);
    case 3:
      return this->value(parse_number(value, 0xffff), 2);
    case 4:
      return list(value, [&](std::string_view address) { ip(AF_INET, address); });
    case 5: {
      DigitsReader reader(DigitsReader::Kind::base64);
      if (!reader.feed(value, writer_) || !reader.finish()) refuse(reason::bad_digits);
      return;
    }
    case 6:
      return list(value, [&](std::string_view address) { ip(AF_INET6, address); });
    default:
      return text(value, false);
  }
}

/// Escapes of the string are undone first; then a comma separates unless a backslash is before it (appendix A.1).
void Parser::protocols(std::string_view value) noexcept {
  while (!value.empty() && wrong_ == nullptr) {
    std::span<std::byte> size_place = writer_.take(1);
    const std::size_t begin = writer_.size();
    for (int octet = -1; !value.empty();) {
      octet = take_octet(value);
      if (octet == ',') {
        if (value.empty()) refuse(reason::bad_parameter);
        break;
      }
      if (octet == '\\' && !value.empty()) octet = take_octet(value);
      if (octet < 0) return refuse(reason::bad_string);
      writer_.number(static_cast<std::uint64_t>(octet), 1);
    }
    const std::size_t size = writer_.size() - begin;
    if (size > 0xff) return refuse(reason::bad_string);
    if (!size_place.empty()) size_place[0] = static_cast<std::byte>(size);
  }
}

template <class Each>
void Parser::list(std::string_view value, Each each) noexcept {
  for (;;) {
    const std::size_t comma = value.find(',');
    each(value.substr(0, comma));
    if (comma == value.npos) return;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace evt::dns
