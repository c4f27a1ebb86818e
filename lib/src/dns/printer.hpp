/// Prints the data of one record, letter by letter of its type's row.
#pragma once

#include "base/octets.hpp"
#include <evt/dns/message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace evt::dns {

/// Of data that was checked. What is read is therefore there, though perhaps in a form that has no text.
class Printer {
 public:
  Printer(std::string& out, const Record& record) noexcept;

  /// False where the data has no text of its own: what was appended is not good then.
  bool run(const char* fields);

 private:
  // print.cpp
  void field(char letter);
  bool number(char letter);
  bool word(char letter);
  bool string(char letter);
  bool digits(char letter);
  bool address(char letter);
  void blank();  ///< Between fields; not before the first.
  void decimal(std::uint64_t value);
  void name();
  void ipv4(std::span<const std::byte> octets);
  void ipv6(std::span<const std::byte> octets);
  void quoted(std::span<const std::byte> text);
  void type_word(std::uint16_t number);
  void named_type_or_number(std::uint16_t number);
  void bitmap();
  void old_bitmap();

  // print_layouts.cpp
  void layout(char letter);
  void location();
  void length(std::uint8_t code);
  void gateway(unsigned kind);
  void relay();
  void host_identity();
  void prefixes();
  void services();
  void ipv6_suffix();
  void atm_address();

  // print_svcb.cpp
  void parameters();
  void parameter(unsigned key, std::span<const std::byte> value);
  void mandatory(detail::OctetReader value);
  void protocols(detail::OctetReader value);

  std::string& out_;
  std::span<const std::byte> message_;
  detail::OctetReader reader_;
  std::uint8_t before_ = 0;  ///< The last number of one octet, and the one before that.
  std::uint8_t earlier_ = 0;
  bool first_ = true;
  bool wordless_ = false;
};

/// A byte inside quotes.
void append_quotable(std::string& out, std::byte octet);

}  // namespace evt::dns
