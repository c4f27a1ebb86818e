/// Checks the data of one record, letter by letter of its type's row.
#pragma once

#include "base/octets.hpp"
#include "dns/labels.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace evt::dns {

class Checker {
 public:
  /// Data from `begin` to `end` of `message`.
  Checker(std::span<const std::byte> message, std::size_t begin, std::size_t end) noexcept
      : message_(message), reader_(message.first(end)) {
    reader_.take(begin);
  }

  /// Null, or why it is wrong.
  const char* run(const char* fields) noexcept;

 private:
  // check.cpp
  void field(char letter) noexcept;
  bool string(char letter) noexcept;
  bool rest(char letter) noexcept;
  void name(Compression compression) noexcept;
  void tag() noexcept;
  void bitmap() noexcept;
  void old_bitmap() noexcept;
  void digest(char letter) noexcept;
  /// Octets that must be there.
  std::span<const std::byte> some(std::span<const std::byte> octets) noexcept {
    if (octets.empty()) reader_.fail();
    return octets;
  }
  void refuse(const char* why) noexcept { wrong_ = why; }

  // check_layouts.cpp
  void layout(char letter) noexcept;
  void location() noexcept;
  void gateway(unsigned kind) noexcept;
  void host_identity() noexcept;
  void prefixes() noexcept;
  void services() noexcept;
  void ipv6_suffix() noexcept;
  void atm_address() noexcept;
  void parameters() noexcept;
  void parameter(unsigned key, std::span<const std::byte> value) noexcept;
  void mandatory(std::span<const std::byte> keys, std::span<const std::byte> all) noexcept;

  std::span<const std::byte> message_;
  detail::OctetReader reader_;
  const char* wrong_ = nullptr;
};

}  // namespace evt::dns
