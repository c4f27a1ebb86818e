/// Questions as lines of a bulk run give them, and the messages that ask them.
#pragma once

#include "dnsq/bulk_slot.hpp"
#include "dnsq/settings.hpp"
#include <evt/address.hpp>
#include <evt/dns/build.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/dns/query.hpp>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace evtool::dnsq {

struct Question {
  evt::dns::Name name;
  evt::dns::Type type{};
  std::optional<evt::Address> server;
};

/// `NAME [TYPE] [@server]`, never an option. A refusal is why it is none.
struct LineDefaults {
  evt::dns::Type type = evt::dns::Type::a;
  std::uint16_t port = 53;
};
std::expected<Question, std::string_view> parse_line(std::string_view line, const LineDefaults& defaults);

/// A name as people write it, UTF-8 or ASCII. A refusal completes "'NAME' …".
std::expected<evt::dns::Name, std::string_view> parse_name(std::string_view text);
/// `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`, `2001:db8::1`; nothing where it is no address.
std::optional<evt::Address> parse_server(std::string_view text, std::uint16_t port);

/// What the messages of one run have in common.
class MessageForm {
 public:
  explicit MessageForm(const Settings& settings, std::optional<evt::dns::Subnet> subnet);

  struct Cookies {
    std::span<const std::byte, 8> client;
    std::span<const std::byte> server;
  };
  /// Writes the message of `slot`, whose id is known. False where it has no room.
  bool write(Slot& slot, const Cookies& cookies) const;

 private:
  evt::dns::HeaderFields header_;
  evt::dns::EdnsFields edns_;
  bool has_edns_;
  bool has_cookies_;
  bool nsid_;
  std::size_t padding_;
  std::optional<evt::dns::Subnet> subnet_;
};

}  // namespace evtool::dnsq
