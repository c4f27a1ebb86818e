/// EDNS: what the OPT record says, and its options.
#pragma once

#include <evt/dns/type.hpp>

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace evt::dns {

enum class OptionCode : std::uint16_t {
  llq = 1,
  update_lease = 2,
  nsid = 3,
  dau = 5,
  dhu = 6,
  n3u = 7,
  client_subnet = 8,
  expire = 9,
  cookie = 10,
  tcp_keepalive = 11,
  padding = 12,
  chain = 13,
  key_tag = 14,
  extended_error = 15,
  client_tag = 16,
  server_tag = 17,
  report_channel = 18,
};

struct Option {
  OptionCode code{};
  std::span<const std::byte> data;
};

/// The options of an OPT record, in their order.
class Options {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Option;
    using difference_type = std::ptrdiff_t;
    using pointer = const Option*;
    using reference = const Option&;

    Iterator() noexcept = default;
    explicit Iterator(std::span<const std::byte> data) noexcept : rest_(data) { ++*this; }
    const Option& operator*() const noexcept { return option_; }
    const Option* operator->() const noexcept { return &option_; }
    Iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return ended_; }

   private:
    std::span<const std::byte> rest_;
    Option option_;
    bool ended_ = false;
  };

  Options() noexcept = default;
  explicit Options(std::span<const std::byte> data) noexcept : data_(data) {}
  Iterator begin() const noexcept { return Iterator(data_); }
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept { return data_.empty(); }
  /// The first one of this code.
  std::optional<Option> find(OptionCode code) const noexcept;

 private:
  std::span<const std::byte> data_;
};

/// RFC 8914. The text is the server's, any bytes.
struct ExtendedError {
  std::uint16_t code = 0;
  std::string_view text;
};

/// RFC 7871. Family 1 is IPv4, 2 is IPv6; the address is cut to as many octets as `source` needs.
struct ClientSubnet {
  std::uint16_t family = 0;
  std::uint8_t source = 0;
  std::uint8_t scope = 0;
  std::span<const std::byte> address;
};

std::optional<ExtendedError> extended_error(const Option& option) noexcept;
std::optional<ClientSubnet> client_subnet(const Option& option) noexcept;

struct Edns {
  std::uint16_t udp_size = 0;
  std::uint8_t extended_rcode = 0;  ///< The upper eight bits of Message::rcode().
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::uint16_t reserved_flags = 0;  ///< The other 15 flags.
  Options options;

  /// The COOKIE option: 8 octets of the client and 8 to 32 of the server, or none of the latter. Empty: there is none.
  std::span<const std::byte> cookie() const noexcept;
};

}  // namespace evt::dns
