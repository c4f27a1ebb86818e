/// Where to, as text: targets, URIs, ports, and hosts that are addresses.
#include "dial/target.hpp"

#include <evt/dial.hpp>
#include <evt/dns/services.hpp>

#include <arpa/inet.h>

#include <cerrno>
#include <charconv>
#include <string>

namespace evt {

namespace {

std::unexpected<Error> failure(int number) noexcept {
  return std::unexpected(errno_error("target", number));
}

constexpr std::string_view digits = "0123456789";

bool is_number(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

/// `host:port` or `[host]:port` in two; the colon may be missing together with the port.
struct HostPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

std::optional<HostPort> split(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    HostPort parts{.host = text.substr(1, end - 1), .port = std::nullopt};
    if (!rest.empty()) parts.port = rest.substr(1);
    // Brackets are IPv6's.
    return parts.host.contains(':') ? std::optional(parts) : std::nullopt;
  }
  const std::size_t colon = text.find(':');
  HostPort parts{.host = text.substr(0, colon), .port = std::nullopt};
  if (colon == std::string_view::npos) return parts;
  parts.port = text.substr(colon + 1);
  return parts.port->contains(':') ? std::nullopt : std::optional(parts);
}

Result<DialTarget> host_target(std::string_view host, std::uint16_t port) {
  if (host.empty() || host.contains('\0')) return failure(EINVAL);
  const auto address = detail::literal(host, port);
  if (!address) return DialHost{.name = std::string(host), .port = port};
  if (!*address) return std::unexpected(address->error());
  return DialTarget(**address);
}

}  // namespace

namespace detail {

std::optional<Result<Address>> literal(std::string_view host, std::uint16_t port) {
  auto address = Address::parse_ip(host, port);
  if (address || host.contains(':')) return address;
  std::string_view last = host;
  if (last.ends_with('.')) last.remove_suffix(1);
  last = last.substr(last.rfind('.') + 1);  // npos + 1 is 0.
  const bool hexadecimal = (last.starts_with("0x") || last.starts_with("0X")) &&
                           last.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  if (!is_number(last) && !hexadecimal) return std::nullopt;
  in_addr ipv4{};
  const bool odd = host.find_first_not_of("0123456789abcdefxABCDEFX.") != std::string_view::npos;
  if (odd || inet_aton(std::string(host).c_str(), &ipv4) == 0) return Result<Address>(failure(EINVAL));
  return Result<Address>(Address::ipv4(ipv4, port));
}

}  // namespace detail

Result<std::uint16_t> parse_port(std::string_view text, std::string_view protocol) {
  if (is_number(text)) {
    std::uint16_t port = 0;
    const char* const begin = text.data();
    const auto [end, error] = std::from_chars(begin, begin + text.size(), port);
    if (error != std::errc()) return failure(EINVAL);
    return port;
  }
  if (text.empty()) return failure(EINVAL);
  if (const auto port = dns::service_port({.name = text, .protocol = protocol})) return *port;
  return failure(ENOENT);
}

Result<DialTarget> parse_dial_target(std::string_view text, std::string_view protocol) {
  if (text.starts_with("unix:")) {
    auto address = Address::parse(text);
    if (!address) return std::unexpected(address.error());
    return DialTarget(*address);
  }
  if (text.starts_with("srv:")) {
    text.remove_prefix(4);
    if (text.empty() || text.contains('\0')) return failure(EINVAL);
    return DialService{.name = std::string(text)};
  }
  const auto parts = split(text);
  if (!parts || !parts->port) return failure(EINVAL);
  const auto port = parse_port(*parts->port, protocol);
  if (!port) return std::unexpected(port.error());
  return host_target(parts->host, *port);
}

Result<DialTarget> dial_uri(std::string_view uri) {
  const std::size_t colon = uri.find("://");
  if (colon == std::string_view::npos || colon == 0) return failure(EINVAL);
  const std::string_view scheme = uri.substr(0, colon);
  const std::string_view rest = uri.substr(colon + 3);
  if (scheme == "unix") {
    auto address = rest.starts_with('@') ? Address::unix_abstract(rest.substr(1)) : Address::unix_path(rest);
    if (!address) return std::unexpected(address.error());
    return DialTarget(*address);
  }
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0.
  const auto parts = split(authority);
  if (!parts) return failure(EINVAL);
  const bool named = parts->port && !parts->port->empty();
  std::string service(scheme);
  for (char& letter : service)
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  const auto port = parse_port(named ? *parts->port : std::string_view(service), "tcp");
  if (!port) return std::unexpected(port.error());
  return host_target(parts->host, *port);
}

}  // namespace evt
