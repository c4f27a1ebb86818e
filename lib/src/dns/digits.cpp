/// Digits in and out.
#include "dns/digits.hpp"

#include "dns/text.hpp"

namespace evt::dns {

namespace {

constexpr std::size_t group_size = 56;

/// Digits of so many bits each, most significant first.
void append_digits(std::string& out, std::span<const std::byte> data, std::string_view alphabet, unsigned bits,
                   Grouped grouped) {
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  std::size_t digits = 0;
  const auto put = [&](std::uint32_t digit) {
    if (grouped == Grouped::yes && digits > 0 && digits % group_size == 0) out += ' ';
    out += alphabet[digit & ((1U << bits) - 1)];
    ++digits;
  };
  for (std::byte octet : data) {
    pending = pending << 8 | std::to_integer<std::uint32_t>(octet);
    pending_bits += 8;
    while (pending_bits >= bits)
      put(pending >> (pending_bits -= bits));
  }
  if (pending_bits > 0) put(pending << (bits - pending_bits));
}

}  // namespace

void append_hex(std::string& out, std::span<const std::byte> data, Grouped grouped) {
  append_digits(out, data, "0123456789ABCDEF", 4, grouped);
}

void append_lower_hex(std::string& out, std::span<const std::byte> data) {
  append_digits(out, data, "0123456789abcdef", 4, Grouped::no);
}

void append_base64(std::string& out, std::span<const std::byte> data, Grouped grouped) {
  append_digits(out, data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, grouped);
  out.append((3 - data.size() % 3) % 3, '=');
}

void append_base32hex(std::string& out, std::span<const std::byte> data) {
  append_digits(out, data, "0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, Grouped::no);
}

int DigitsReader::value_of(char digit) const noexcept {
  if (kind_ == Kind::base64) {
    if (digit >= 'A' && digit <= 'Z') return digit - 'A';
    if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
    if (is_digit(digit)) return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
  }
  if (is_digit(digit)) return digit - '0';
  const char letter = upper(digit);
  const char last = kind_ == Kind::hex ? 'F' : 'V';
  return letter >= 'A' && letter <= last ? letter - 'A' + 10 : -1;
}

bool DigitsReader::feed(std::string_view digits, detail::OctetWriter& target) noexcept {
  for (char digit : digits) {
    if (kind_ == Kind::base64 && digit == '=') {
      ++padding_;
      continue;
    }
    const int value = value_of(digit);
    if (value < 0 || padding_ > 0) return false;
    ++digits_;
    pending_ = pending_ << bits() | static_cast<std::uint32_t>(value);
    pending_bits_ += bits();
    if (pending_bits_ < 8) continue;
    pending_bits_ -= 8;
    target.number(pending_ >> pending_bits_ & 0xff, 1);
    pending_ &= (1U << pending_bits_) - 1;
  }
  return true;
}

/// No bit may be left over but zeros that fill the last digit.
bool DigitsReader::finish() const noexcept {
  if (pending_ != 0 || pending_bits_ >= bits()) return false;
  return kind_ != Kind::base64 || ((digits_ + padding_) % 4 == 0 && padding_ < 3);
}

}  // namespace evt::dns
