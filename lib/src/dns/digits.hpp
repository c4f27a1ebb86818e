/// Octets as digits: hex, base64, base32 with the extended hex alphabet (RFC 4648), printed and read.
#pragma once

#include "base/octets.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace evt::dns {

enum class Grouped { no, yes };

/// dig puts a blank after every 56 digits, as yes does.
void append_hex(std::string& out, std::span<const std::byte> data, Grouped grouped);
void append_base64(std::string& out, std::span<const std::byte> data, Grouped grouped);
void append_lower_hex(std::string& out, std::span<const std::byte> data);
/// Without padding.
void append_base32hex(std::string& out, std::span<const std::byte> data);

/// Reads digits piece by piece. Both say false for what is no digit, or where digits are missing at the end.
class DigitsReader {
 public:
  enum class Kind : std::uint8_t { hex, base64, base32hex };

  explicit DigitsReader(Kind kind) noexcept : kind_(kind) {}

  bool feed(std::string_view digits, detail::OctetWriter& target) noexcept;
  bool finish() const noexcept;

 private:
  int value_of(char digit) const noexcept;
  unsigned bits() const noexcept { return kind_ == Kind::hex ? 4 : kind_ == Kind::base64 ? 6 : 5; }

  Kind kind_;
  std::uint32_t pending_ = 0;  ///< Bits that make no octet yet,
  unsigned pending_bits_ = 0;  ///< and how many.
  std::size_t digits_ = 0;
  std::size_t padding_ = 0;
};

}  // namespace evt::dns
