/// The layouts of single types, from text.
#include "dns/parser.hpp"
#include "dns/text.hpp"
#include <evt/dns/type.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace evt::dns {

namespace {

/// `12.5` in units of 1/`scale`, which is a power of ten; no more digits than that has.
std::optional<std::uint64_t> parse_fixed(std::string_view text, std::uint64_t scale) noexcept {
  const std::size_t point = std::min(text.find('.'), text.size());
  auto whole = parse_number(text.substr(0, point), 0xffffffff);
  if (!whole) return std::nullopt;
  std::uint64_t value = *whole * scale;
  for (std::size_t i = point + 1; i < text.size(); ++i) {
    scale /= 10;
    if (!is_digit(text[i]) || scale == 0) return std::nullopt;
    value += static_cast<std::uint64_t>(text[i] - '0') * scale;
  }
  return value;
}

}  // namespace

void Parser::layout(char letter) noexcept {
  switch (letter) {
    case 'L':
      return location();
    case 'G':
      return gateway(earlier_);
    case 'Y':
      return relay();
    case 'I':
      return host_identity();
    case 'Q':
      while (!tokens_.done() && wrong_ == nullptr)
        prefix(tokens_.next().text);
      return;
    case 'P':
      return parameters();
    case 'W':
      return services();
    case 'U':
      return ipv6_suffix();
    case 'X':
      return atm_address();
    default:
      refuse(reason::bad_word);
  }
}

/// RFC 1876 §3: `42 21 54 N 71 6 18 W -24m 30m 10m 1m`, from the minutes on each may be missing.
void Parser::location() noexcept {
  std::span<std::byte> head = writer_.take(4);
  const std::uint32_t latitude = degrees("NS", 90);
  const std::uint32_t longitude = degrees("EW", 180);
  auto text = token();
  const bool below = text.starts_with('-');
  if (below) text.remove_prefix(1);
  if (text.ends_with('m')) text.remove_suffix(1);
  auto altitude = parse_fixed(text, 100);
  constexpr std::uint64_t sea_level = 10000000;
  if (!altitude || (below && *altitude > sea_level) || *altitude > 0xffffffff - sea_level) {
    refuse(reason::bad_location);
  }
  if (!altitude || wrong_ != nullptr) return;
  writer_.number(latitude, 4);
  writer_.number(longitude, 4);
  writer_.number(below ? sea_level - *altitude : sea_level + *altitude, 4);
  std::byte none[4];
  detail::OctetWriter lengths(head.empty() ? std::span<std::byte>(none) : head);  // Where there was no room for it.
  lengths.number(0, 1);
  // A metre, ten kilometres, ten metres: mantissa and exponent, in centimetres.
  for (unsigned code : {0x12U, 0x16U, 0x13U}) {
    if (!tokens_.done()) {
      auto length = tokens_.next().text;
      if (length.ends_with('m')) length.remove_suffix(1);
      auto value = parse_fixed(length, 100);
      unsigned exponent = 0;
      if (!value || *value > 9000000000) return refuse(reason::bad_location);
      for (; *value > 9; *value /= 10)
        ++exponent;
      code = static_cast<unsigned>(*value << 4 | exponent);
    }
    lengths.number(code, 1);
  }
}

/// Up to a letter for the direction; thousandths of an arc second from 2^31 on.
std::uint32_t Parser::degrees(std::string_view directions, std::uint32_t most) noexcept {
  std::uint64_t total = 0;
  constexpr std::uint64_t units[] = {3600000, 60000, 1000};
  for (int i = 0; i < 4; ++i) {
    auto text = token();
    const std::size_t direction = text.size() == 1 ? directions.find(upper(text[0])) : directions.npos;
    if (direction != directions.npos && i > 0) {
      if (total > std::uint64_t{most} * units[0]) refuse(reason::bad_location);
      constexpr std::uint64_t middle = std::uint64_t{1} << 31;
      return static_cast<std::uint32_t>(direction == 0 ? middle + total : middle - total);
    }
    auto value = i == 3 ? std::nullopt : parse_fixed(text, i == 2 ? 1000 : 1);
    if (!value || (i > 0 && *value >= (i == 2 ? 60000 : 60)) || *value > std::uint64_t{most} * 1000) break;
    total += i == 2 ? *value : *value * units[i];
  }
  refuse(reason::bad_location);
  return 0;
}

void Parser::gateway(unsigned kind) noexcept {
  if (kind == 1) return ip(AF_INET, token());
  if (kind == 2) return ip(AF_INET6, token());
  if (kind == 3) return name();
  if (token() != ".") refuse(reason::bad_address);
}

void Parser::relay() noexcept {
  value(integer(1), 1);
  const std::uint64_t discovery = integer(1);
  const std::uint64_t kind = integer(1);
  if (discovery > 1 || kind > 3) refuse(reason::bad_number);
  writer_.number(discovery << 7 | kind, 1);
  gateway(static_cast<unsigned>(kind));
}

void Parser::host_identity() noexcept {
  std::span<std::byte> head = writer_.take(4);
  const std::uint64_t algorithm = integer(1);
  const std::size_t begin = writer_.size();
  DigitsReader tag(DigitsReader::Kind::hex);
  if (!tag.feed(token(), writer_) || !tag.finish()) refuse(reason::bad_digits);
  const std::size_t tag_size = writer_.size() - begin;
  DigitsReader key(DigitsReader::Kind::base64);
  if (!key.feed(token(), writer_) || !key.finish()) refuse(reason::bad_digits);
  const std::size_t key_size = writer_.size() - begin - tag_size;
  if (tag_size > 0xff || key_size > 0xffff) refuse(reason::bad_string);
  if (!head.empty()) {
    detail::OctetWriter sizes(head);
    sizes.number(tag_size, 1);
    sizes.number(algorithm, 1);
    sizes.number(key_size, 2);
  }
  while (!tokens_.done() && wrong_ == nullptr)
    name();
}

/// APL, RFC 3123 §5: `!1:192.0.2.0/24`
void Parser::prefix(std::string_view text) noexcept {
  const bool negated = text.starts_with('!');
  if (negated) text.remove_prefix(1);
  const std::size_t slash = text.rfind('/');
  const bool ipv4 = text.starts_with("1:");
  if ((!ipv4 && !text.starts_with("2:")) || slash == text.npos || slash < 2) return refuse(reason::bad_address);
  auto bits = parse_number(text.substr(slash + 1), ipv4 ? 32 : 128);
  if (!bits) return refuse(reason::bad_number);
  writer_.number(ipv4 ? 1 : 2, 2);
  writer_.number(*bits, 1);
  std::span<std::byte> size_place = writer_.take(1);
  char terminated[INET6_ADDRSTRLEN];
  auto address = text.substr(2, slash - 2);
  if (address.size() >= sizeof terminated || address.contains('\0')) return refuse(reason::bad_address);
  terminated[address.copy(terminated, address.size())] = '\0';
  std::byte octets[16];
  if (inet_pton(ipv4 ? AF_INET : AF_INET6, terminated, octets) != 1) return refuse(reason::bad_address);
  std::size_t size = ipv4 ? 4 : 16;
  while (size > 0 && octets[size - 1] == std::byte{0})
    --size;
  writer_.bytes(std::span(octets).first(size));
  if (!size_place.empty()) size_place[0] = static_cast<std::byte>(size | (negated ? 0x80 : 0));
}

/// WKS, by numbers only.
void Parser::services() noexcept {
  ip(AF_INET, token());
  value(integer(1), 1);
  std::array<std::byte, 0x10000 / 8> bits{};
  std::size_t size = 0;
  while (!tokens_.done()) {
    const std::size_t port = integer(2);
    bits[port / 8] |= std::byte{0x80} >> (port % 8);
    size = std::max(size, port / 8 + 1);
  }
  writer_.bytes(std::span(bits).first(size));
}

void Parser::ipv6_suffix() noexcept {
  const std::uint64_t prefix = integer(1);
  if (prefix > 128) return refuse(reason::bad_number);
  writer_.number(prefix, 1);
  if (prefix < 128) {
    std::byte octets[16];
    Parser address({}, octets);
    address.ip(AF_INET6, token());
    if (address.wrong() != nullptr) return refuse(address.wrong());
    octets[prefix / 8] &= static_cast<std::byte>(0xff >> (prefix % 8));
    writer_.bytes(std::span(octets).subspan(prefix / 8));
  }
  if (prefix > 0) name();
}

void Parser::atm_address() noexcept {
  auto address = token();
  const bool digits = address.starts_with('+');
  writer_.number(digits ? 1 : 0, 1);
  if (digits) return text(address.substr(1), false);
  DigitsReader reader(DigitsReader::Kind::hex);
  for (char digit : address) {
    if (digit != '.' && !reader.feed({&digit, 1}, writer_)) refuse(reason::bad_digits);
  }
  if (!reader.finish()) refuse(reason::bad_digits);
}

/// NXT, RFC 2535 §5.2.
void Parser::old_bitmap() noexcept {
  std::array<std::byte, 16> bits{};
  std::size_t size = 0;
  while (!tokens_.done()) {
    auto text = tokens_.next().text;
    auto type = parse_type(text);
    auto number = type ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*type)) : parse_number(text, 127);
    if (!number || *number == 0 || *number > 127) return refuse(reason::bad_word);
    bits[*number / 8] |= std::byte{0x80} >> (*number % 8);
    size = std::max<std::size_t>(size, *number / 8 + 1);
  }
  writer_.bytes(std::span(bits).first(size));
}

}  // namespace evt::dns
