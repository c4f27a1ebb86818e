/// From operands and options to what is to be done: where to, over which proxy, on which ports.
#pragma once

#include "context.hpp"
#include "dial/settings.hpp"
#include <evt/dial.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace evtool::dial {

/// A server that connects for us.
struct Proxy {
  enum class Kind : std::uint8_t { socks5, http };
  Kind kind = Kind::socks5;
  evt::DialTarget target;
  std::string shown;
  std::string user;
  std::string password;
};

struct Plan {
  evt::DialTarget target;
  std::string shown;  ///< As the user wrote it.
  evt::DialOptions options;
  std::optional<Proxy> proxy;
  std::uint16_t last_port = 0;  ///< Of a range, which begins with the target's port; 0 where there is none.
};

/// Says what is wrong with the command line.
std::expected<Plan, Exit> plan_of(const Context& context, const Settings& settings);
/// Where to listen.
std::expected<evt::Address, Exit> listen_address(const Context& context, const Settings& settings);

/// `socks5://[user[:password]@]host[:port]` or `http://…`. The error is a phrase.
std::expected<Proxy, std::string> parse_proxy(std::string_view text);

}  // namespace evtool::dial
