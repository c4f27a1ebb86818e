/// The data of records from text: the simple fields. Whole layouts are in parse_layouts.cpp and parse_svcb.cpp.
#include "dns/check.hpp"
#include "dns/parser.hpp"
#include "dns/table.hpp"
#include "dns/text.hpp"
#include <evt/dns/rdata.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace evt::dns {

namespace {

constexpr std::size_t most_data = 0xffff;

}  // namespace

Result<std::span<std::byte>> parse_rdata(Type type, Class cls, std::string_view text,
                                         std::span<std::byte> target) noexcept {
  target = target.first(std::min(target.size(), most_data));
  Parser parser(text, target);
  const char* fields = fields_of(type, cls);
  if (!parser.generic()) {
    if (fields == nullptr) return std::unexpected(errno_error("dns: a type whose data is known as \\# only", EINVAL));
    parser.run(fields);
  }
  if (parser.wrong() != nullptr) return std::unexpected(errno_error(parser.wrong(), EINVAL));
  if (parser.overflow()) return std::unexpected(errno_error("dns: the data of a record is too large", EMSGSIZE));
  auto data = target.first(parser.size());
  if (fields == nullptr) return data;
  if (const char* wrong = check_rdata(fields, data, 0, data.size())) return std::unexpected(errno_error(wrong, EINVAL));
  return data;
}

bool Parser::generic() noexcept {
  Tokens ahead = tokens_;
  if (ahead.done()) return false;
  const Token first = ahead.next();
  if (first.quoted || first.text != "\\#") return false;
  tokens_ = ahead;
  const std::uint64_t size = integer(2);
  rest(DigitsReader::Kind::hex);
  if (wrong_ == nullptr && !writer_.failed() && writer_.size() != size) refuse(reason::bad_digits);
  return true;
}

void Parser::run(const char* fields) noexcept {
  for (; *fields != '\0' && wrong_ == nullptr; ++fields)
    field(*fields);
  if (!tokens_.done()) refuse(reason::too_much);
  if (tokens_.unfinished()) refuse("dns: a quote without its end");
}

void Parser::field(char letter) noexcept {
  if (number(letter) || word(letter) || string(letter) || digits(letter) || other(letter)) return;
  layout(letter);
}

bool Parser::number(char letter) noexcept {
  switch (letter) {
    case '1':
      earlier_ = before_;
      before_ = static_cast<std::uint8_t>(integer(1));
      value(before_, 1);
      return true;
    case '2':
    case 'K':
      value(integer(2), 2);
      return true;
    case '4':
      value(integer(4), 4);
      return true;
    case 't':
      value(parse_seconds(token()), 4);
      return true;
    case 'D':
      value(parse_time(token()), 4);
      return true;
    case 'O': {
      std::uint16_t octal = 0;
      auto digits = token();
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octal, 8);
      if (error != std::errc() || end != digits.data() + digits.size()) refuse(reason::bad_number);
      value(octal, 2);
      return true;
    }
    default:
      return false;
  }
}

bool Parser::word(char letter) noexcept {
  switch (letter) {
    case 'A':
    case 'm':
      value(number_of(Vocabulary::algorithm, token(), 0xff), 1);
      return true;
    case 'C':
      value(number_of(Vocabulary::certificate, token(), 0xffff), 2);
      return true;
    case 'w':
      value(number_of(Vocabulary::scheme, token(), 0xff), 1);
      return true;
    case 'T':
    case 'R': {
      auto text = token();
      auto type = parse_type(text);
      auto number = type ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*type)) : parse_number(text, 0xffff);
      if (!number) refuse(reason::bad_word);
      value(number, 2);
      return true;
    }
    default:
      return false;
  }
}

bool Parser::string(char letter) noexcept {
  switch (letter) {
    case 's':
    case 'i':
      text(token(), true);
      return true;
    case 'o':
      if (!tokens_.done()) text(token(), true);
      return true;
    case 'S':
      do
        text(token(), true);
      while (!tokens_.done() && wrong_ == nullptr);
      return true;
    case 'k':
      text(token(), true);
      return true;
    case 'q':
      text(token(), false);
      return true;
    case 'n':
    case 'N':
      name();
      return true;
    default:
      return false;
  }
}

bool Parser::digits(char letter) noexcept {
  switch (letter) {
    case 'h':
    case 'H':
    case 'd':
    case 'f':
    case 'z':
      rest(DigitsReader::Kind::hex);
      return true;
    case 'b':
    case 'Z':
      rest(DigitsReader::Kind::base64);
      return true;
    case 'v':
      if (Tokens ahead = tokens_; !ahead.done() && ahead.next().text == "-") {
        tokens_ = ahead;
      } else {
        rest(DigitsReader::Kind::base64);
      }
      return true;
    case 'l': {
      auto salt = token();
      counted_digits(DigitsReader::Kind::hex, salt == "-" ? std::string_view() : salt, 1);
      return true;
    }
    case 'j':
      counted_digits(DigitsReader::Kind::base32hex, token(), 1);
      return true;
    case 'x': {
      auto digits = token();
      if (!digits.starts_with("0x") && !digits.starts_with("0X")) return refuse(reason::bad_digits), true;
      DigitsReader reader(DigitsReader::Kind::hex);
      for (char digit : digits.substr(2)) {
        // RFC 1706 §7: dots may stand anywhere.
        if (digit != '.' && !reader.feed({&digit, 1}, writer_)) refuse(reason::bad_digits);
      }
      if (!reader.finish()) refuse(reason::bad_digits);
      return true;
    }
    default:
      return false;
  }
}

bool Parser::other(char letter) noexcept {
  switch (letter) {
    case 'a':
      ip(AF_INET, token());
      return true;
    case '6':
      ip(AF_INET6, token());
      return true;
    case 'e':
    case 'E':
      octet_pairs(letter == 'e' ? 6 : 8);
      return true;
    case 'g': {
      auto text = token();
      for (int i = 0; i < 4; ++i) {
        const std::size_t colon = i < 3 ? text.find(':') : text.size();
        auto group = text.substr(0, colon);
        std::uint16_t number = 0;
        auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), number, 16);
        if (colon == text.npos || group.size() > 4 || error != std::errc() || end != group.data() + group.size()) {
          refuse(reason::bad_digits);
          return true;
        }
        writer_.number(number, 2);
        text.remove_prefix(std::min(text.size(), colon + 1));
      }
      return true;
    }
    case 'B':
    case 'M':
      bitmap();
      return true;
    case 'V':
      old_bitmap();
      return true;
    default:
      return false;
  }
}

std::string_view Parser::token() noexcept {
  if (tokens_.done()) {
    refuse(reason::missing);
    return {};
  }
  return tokens_.next().text;
}

std::uint64_t Parser::integer(std::size_t octets) noexcept {
  auto number = parse_number(token(), (std::uint64_t{1} << (8 * octets)) - 1);
  if (!number) refuse(reason::bad_number);
  return number.value_or(0);
}

void Parser::value(std::optional<std::uint64_t> number, std::size_t octets) noexcept {
  if (!number) refuse(reason::bad_number);
  writer_.number(number.value_or(0), octets);
}

void Parser::name() noexcept {
  auto text = token();
  if (wrong_ != nullptr) return;
  auto name = Name::parse(text);
  if (!name) return refuse(name.error().operation);
  writer_.bytes(name->wire());
}

void Parser::ip(int family, std::string_view text) noexcept {
  char terminated[INET6_ADDRSTRLEN];
  std::byte octets[sizeof(in6_addr)];
  if (text.size() >= sizeof terminated || text.contains('\0')) return refuse(reason::bad_address);
  terminated[text.copy(terminated, text.size())] = '\0';
  if (inet_pton(family, terminated, octets) != 1) return refuse(reason::bad_address);
  writer_.bytes(std::span(octets).first(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)));
}

void Parser::text(std::string_view escaped, bool counted) noexcept {
  std::span<std::byte> size_place = counted ? writer_.take(1) : std::span<std::byte>();
  const std::size_t begin = writer_.size();
  while (!escaped.empty() && !writer_.failed()) {
    const int octet = take_octet(escaped);
    if (octet < 0) return refuse(reason::bad_string);
    writer_.number(static_cast<std::uint64_t>(octet), 1);
  }
  const std::size_t size = writer_.size() - begin;
  if (size_place.empty()) return;
  if (size > 0xff) return refuse(reason::bad_string);
  size_place[0] = static_cast<std::byte>(size);
}

void Parser::rest(DigitsReader::Kind kind) noexcept {
  DigitsReader reader(kind);
  while (!tokens_.done()) {
    if (!reader.feed(tokens_.next().text, writer_)) return refuse(reason::bad_digits);
  }
  if (!reader.finish()) refuse(reason::bad_digits);
}

void Parser::counted_digits(DigitsReader::Kind kind, std::string_view digits, std::size_t size_octets) noexcept {
  std::span<std::byte> place = writer_.take(size_octets);
  const std::size_t begin = writer_.size();
  DigitsReader reader(kind);
  if (!reader.feed(digits, writer_) || !reader.finish()) return refuse(reason::bad_digits);
  const std::size_t size = writer_.size() - begin;
  if (size >> (8 * size_octets) != 0) return refuse(reason::bad_string);
  if (!place.empty()) detail::OctetWriter(place).number(size, size_octets);
}

/// 01-23-45
void Parser::octet_pairs(std::size_t count) noexcept {
  auto text = token();
  if (text.size() != 3 * count - 1) return refuse(reason::bad_digits);
  for (std::size_t i = 0; i < count; ++i) {
    DigitsReader reader(DigitsReader::Kind::hex);
    const bool separated = i == 0 || text[3 * i - 1] == '-';
    if (!separated || !reader.feed(text.substr(3 * i, 2), writer_)) return refuse(reason::bad_digits);
  }
}

void Parser::bitmap() noexcept {
  std::array<std::byte, 0x10000 / 8> bits{};
  while (!tokens_.done()) {
    auto type = parse_type(tokens_.next().text);
    if (!type) return refuse(reason::bad_word);
    const auto number = static_cast<std::size_t>(*type);
    bits[number / 8] |= std::byte{0x80} >> (number % 8);
  }
  for (std::size_t block = 0; block < 256; ++block) {
    auto octets = std::span(bits).subspan(block * 32, 32);
    std::size_t size = octets.size();
    while (size > 0 && octets[size - 1] == std::byte{0})
      --size;
    if (size == 0) continue;
    writer_.number(block, 1);
    writer_.number(size, 1);
    writer_.bytes(octets.first(size));
  }
}

}  // namespace evt::dns
