/// Reads the data of one record from text, letter by letter of its type's row.
#pragma once

#include "base/octets.hpp"
#include "dns/digits.hpp"
#include "dns/tokens.hpp"
#include "dns/words_of_numbers.hpp"
#include <evt/dns/name.hpp>
#include <evt/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace evt::dns {

class Parser {
 public:
  Parser(std::string_view text, std::span<std::byte> target) noexcept : tokens_(text), writer_(target) {}

  /// Whether the text is RFC 3597's, `\# 2 AABB`. Then that is read.
  bool generic() noexcept;
  /// Reads the fields.
  void run(const char* fields) noexcept;

  /// Null, or what is wrong with the text. Once all was read.
  const char* wrong() const noexcept { return wrong_; }
  bool overflow() const noexcept { return writer_.failed(); }
  std::size_t size() const noexcept { return writer_.size(); }

 private:
  // parse.cpp
  void field(char letter) noexcept;
  bool number(char letter) noexcept;
  bool word(char letter) noexcept;
  bool string(char letter) noexcept;
  bool digits(char letter) noexcept;
  bool other(char letter) noexcept;
  std::string_view token() noexcept;
  std::uint64_t integer(std::size_t octets) noexcept;
  void value(std::optional<std::uint64_t> number, std::size_t octets) noexcept;
  void name() noexcept;
  void ip(int family, std::string_view text) noexcept;
  /// The octets of a string, with their number in one octet before them or without.
  void text(std::string_view escaped, bool counted) noexcept;
  void rest(DigitsReader::Kind kind) noexcept;
  void counted_digits(DigitsReader::Kind kind, std::string_view digits, std::size_t size_octets) noexcept;
  void octet_pairs(std::size_t count) noexcept;
  void bitmap() noexcept;
  void refuse(const char* why) noexcept {
    if (wrong_ == nullptr) wrong_ = why;
  }

  // parse_layouts.cpp
  void layout(char letter) noexcept;
  void location() noexcept;
  std::uint32_t degrees(std::string_view directions, std::uint32_t most) noexcept;
  void gateway(unsigned kind) noexcept;
  void relay() noexcept;
  void host_identity() noexcept;
  void prefix(std::string_view text) noexcept;
  void services() noexcept;
  void ipv6_suffix() noexcept;
  void atm_address() noexcept;
  void old_bitmap() noexcept;

  // parse_svcb.cpp
  void parameters() noexcept;
  void parameter(unsigned key, std::string_view value) noexcept;
  void protocols(std::string_view value) noexcept;
  template <class Each>
  void list(std::string_view value, Each each) noexcept;

  Tokens tokens_;
  detail::OctetWriter writer_;
  const char* wrong_ = nullptr;
  std::uint8_t before_ = 0;  ///< The last number of one octet, and the one before that.
  std::uint8_t earlier_ = 0;
};

namespace reason {
inline constexpr char missing[] = "dns: something is missing at the end of a record";
inline constexpr char too_much[] = "dns: something too much at the end of a record";
inline constexpr char bad_number[] = "dns: a number that is none, or too large";
inline constexpr char bad_word[] = "dns: a word that is not known";
inline constexpr char bad_digits[] = "dns: digits that are none";
inline constexpr char bad_address[] = "dns: an address that is none";
inline constexpr char bad_string[] = "dns: a string that is too long, or an escape that is none";
inline constexpr char bad_parameter[] = "dns: a service parameter that is none";
inline constexpr char bad_location[] = "dns: a location that is none";
}  // namespace reason

}  // namespace evt::dns
