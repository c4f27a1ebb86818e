/// The layouts of single types, as text.
#include "dns/digits.hpp"
#include "dns/labels.hpp"
#include "dns/printer.hpp"
#include "dns/text.hpp"

#include <algorithm>

namespace evt::dns {

namespace {

void append_padded(std::string& out, std::uint64_t value, unsigned digits) {
  std::uint64_t divisor = 1;
  while (--digits > 0)
    divisor *= 10;
  for (; divisor > 0; divisor /= 10)
    out += static_cast<char>('0' + value / divisor % 10);
}

/// RFC 1876: thousandths of an arc second from the equator or the prime meridian, which are at 2^31.
void append_degrees(std::string& out, std::uint32_t value, std::string_view directions) {
  constexpr std::uint32_t middle = 1U << 31;
  const bool positive = value >= middle;
  const std::uint32_t distance = positive ? value - middle : middle - value;
  append_number(out, distance / 3600000);
  out += ' ';
  append_number(out, distance / 60000 % 60);
  out += ' ';
  append_number(out, distance / 1000 % 60);
  out += '.';
  append_padded(out, distance % 1000, 3);
  out += ' ';
  out += directions[positive ? 0 : 1];
}

}  // namespace

void Printer::layout(char letter) {
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
      return prefixes();
    case 'P':
      return parameters();
    case 'W':
      return services();
    case 'U':
      return ipv6_suffix();
    case 'X':
      return atm_address();
    default:
      wordless_ = true;
  }
}

void Printer::location() {
  const unsigned version = reader_.u8();
  if (version != 0) {
    wordless_ = true;
    return;
  }
  const std::uint8_t size = reader_.u8();
  const std::uint8_t horizontal = reader_.u8();
  const std::uint8_t vertical = reader_.u8();
  append_degrees(out_, reader_.u32(), "NS");
  out_ += ' ';
  append_degrees(out_, reader_.u32(), "EW");
  const std::uint32_t altitude = reader_.u32();
  constexpr std::uint32_t sea_level = 10000000;
  out_ += altitude < sea_level ? " -" : " ";
  const std::uint32_t centimetres = altitude < sea_level ? sea_level - altitude : altitude - sea_level;
  append_number(out_, centimetres / 100);
  out_ += '.';
  append_padded(out_, centimetres % 100, 2);
  out_ += 'm';
  for (std::uint8_t code : {size, horizontal, vertical})
    length(code);
}

/// A digit and a power of ten, in centimetres.
void Printer::length(std::uint8_t code) {
  std::uint64_t value = code >> 4;
  const unsigned exponent = code & 15;
  for (unsigned i = 0; i < exponent; ++i)
    value *= 10;
  out_ += ' ';
  append_number(out_, value / 100);
  if (exponent < 2) {
    out_ += '.';
    append_padded(out_, value % 100, 2);
  }
  out_ += 'm';
}

void Printer::gateway(unsigned kind) {
  if (kind == 1) return ipv4(reader_.take(4));
  if (kind == 2) return ipv6(reader_.take(16));
  if (kind == 3) return name();
  blank();
  out_ += '.';
}

void Printer::relay() {
  const unsigned precedence = reader_.u8();
  const unsigned kind = reader_.u8();
  wordless_ = (kind & 0x7f) > 3;
  if (wordless_) return;
  decimal(precedence);
  decimal(kind >> 7);
  decimal(kind & 0x7f);
  gateway(kind & 0x7f);
}

void Printer::host_identity() {
  const std::size_t tag_size = reader_.u8();
  decimal(reader_.u8());
  const std::size_t key_size = reader_.u16();
  blank();
  append_hex(out_, reader_.take(tag_size), Grouped::no);
  blank();
  append_base64(out_, reader_.take(key_size), Grouped::no);
  while (reader_.left() != 0)
    name();
}

/// RFC 3123.
void Printer::prefixes() {
  while (reader_.left() != 0 && !wordless_) {
    const unsigned family = reader_.u16();
    const unsigned prefix = reader_.u8();
    const std::uint8_t flags = reader_.u8();
    auto octets = reader_.take(flags & 0x7f);
    std::byte whole[16] = {};
    const std::size_t size = family == 1 ? 4 : 16;
    wordless_ = (family != 1 && family != 2) || prefix > size * 8 || octets.size() > size;
    if (wordless_) return;
    std::ranges::copy(octets, whole);
    blank();
    if ((flags & 0x80) != 0) out_ += '!';
    append_number(out_, family);
    out_ += ':';
    first_ = true;  // What follows belongs to this one.
    family == 1 ? ipv4(std::span(whole).first(size)) : ipv6(whole);
    out_ += '/';
    append_number(out_, prefix);
  }
}

/// WKS, RFC 1035 §3.4.2.
void Printer::services() {
  ipv4(reader_.take(4));
  decimal(reader_.u8());
  auto bits = reader_.rest();
  for (std::size_t i = 0; i < bits.size() * 8; ++i) {
    if ((bits[i / 8] << (i % 8) & std::byte{0x80}) != std::byte{0}) decimal(i);
  }
}

/// A6, RFC 2874 §3.1: the octets behind the prefix, and the name that the prefix comes from.
void Printer::ipv6_suffix() {
  const std::size_t prefix = reader_.u8();
  decimal(prefix);
  std::byte whole[16] = {};
  auto octets = reader_.take(16 - prefix / 8);
  std::ranges::copy(octets, whole + 16 - octets.size());
  if (!octets.empty() && prefix % 8 != 0) whole[16 - octets.size()] &= static_cast<std::byte>(0xff >> (prefix % 8));
  if (prefix == 128) {
    blank();  // dig prints a blank for the address that is not there.
  } else {
    ipv6(whole);
  }
  if (prefix != 0) name();
}

/// ATMA: an address of ATM end systems in hex, or digits of E.164.
void Printer::atm_address() {
  const unsigned format = reader_.u8();
  auto rest = reader_.rest();
  wordless_ = format > 1;
  if (format == 0) append_lower_hex(out_, rest);
  if (format != 1) return;
  out_ += '+';
  out_.append(reinterpret_cast<const char*>(rest.data()), rest.size());  // Digits: they were checked.
}

}  // namespace evt::dns
