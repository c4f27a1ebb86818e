/// Builder: writes a DNS message into memory of the caller's. Nothing is compressed, nothing allocated.
#pragma once

#include <evt/address.hpp>
#include <evt/dns/edns.hpp>
#include <evt/dns/message.hpp>
#include <evt/dns/name.hpp>
#include <evt/dns/type.hpp>
#include <evt/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace evt::dns {

/// What a header says besides its counts.
struct HeaderFields {
  std::uint16_t id = 0;
  Opcode opcode = Opcode::query;
  bool response = false;
  bool authoritative = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  bool reserved = false;
  bool authentic_data = false;
  bool checking_disabled = false;
  Rcode rcode = Rcode::noerror;  ///< The lower four bits; the others go into EdnsFields.
};

struct EdnsFields {
  std::uint16_t udp_size = 1232;
  std::uint8_t extended_rcode = 0;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::uint16_t reserved_flags = 0;
};

struct RecordFields {
  Type type{};
  Class cls = Class::in;
  std::uint32_t ttl = 0;
};

/// Calls in the order of the message: questions, records section by section, edns() and its options. What does not fit
/// is left out together with all that follows, and finish() says so.
class Builder {
 public:
  Builder(std::span<std::byte> target, const HeaderFields& header) noexcept;

  void question(const Name& name, Type type, Class cls = Class::in) noexcept;
  /// `section` may not be before that of an earlier call.
  void record(Section section, const Name& owner, const RecordFields& fields,
              std::span<const std::byte> rdata) noexcept;
  /// Opens an OPT record, to which all following options belong. Once, and nothing but options and finish() after it.
  void edns(const EdnsFields& fields) noexcept;
  void option(OptionCode code, std::span<const std::byte> data) noexcept;
  /// RFC 7873: `client` are 8 octets, `server` none or 8 to 32.
  void cookie(std::span<const std::byte, 8> client, std::span<const std::byte> server) noexcept;
  void nsid() noexcept;
  /// RFC 7871: the first `prefix` bits of an IPv4 or IPv6 address; those behind are cleared. A prefix that is too
  /// long is the longest.
  void client_subnet(const Address& address, std::uint8_t prefix) noexcept;
  /// RFC 8467: as much as makes the message a multiple of `block` octets long. The last option.
  void padding(std::size_t block) noexcept;

  /// The octets of the message so far, within the memory given. Errors: EMSGSIZE where something did not fit.
  Result<std::span<std::byte>> finish() noexcept;

 private:
  void number(std::size_t value, std::size_t size) noexcept;
  void bytes(std::span<const std::byte> data) noexcept;
  bool room(std::size_t size) noexcept;
  void count(Section section) noexcept;

  std::span<std::byte> target_;
  std::size_t size_ = 0;
  std::size_t opt_data_ = 0;  ///< Where the data of OPT begins, 0 without one.
  std::array<std::uint16_t, 4> counts_{};
  bool overflow_ = false;
};

}  // namespace evt::dns
