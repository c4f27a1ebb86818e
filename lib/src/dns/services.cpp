/// Ports by the names of services(5).
#include "dns/words.hpp"
#include <evt/dns/services.hpp>

#include <array>
#include <charconv>

namespace evt::dns {

namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20;

struct Known {
  std::string_view name;
  std::uint16_t port;
};

/// Containers often have no /etc/services.
constexpr auto best_known = std::to_array<Known>({
    {"ftp", 21},
    {"ssh", 22},
    {"telnet", 23},
    {"smtp", 25},
    {"domain", 53},
    {"http", 80},
    {"pop3", 110},
    {"ntp", 123},
    {"imap2", 143},
    {"snmp", 161},
    {"ldap", 389},
    {"https", 443},
    {"smtps", 465},
    {"submission", 587},
    {"imaps", 993},
    {"pop3s", 995},
});

/// The port of `80/tcp`, if the protocol is that one.
std::optional<std::uint16_t> parse_port(std::string_view word, std::string_view protocol) noexcept {
  const std::size_t slash = word.find('/');
  if (slash == std::string_view::npos || word.substr(slash + 1) != protocol) return std::nullopt;
  const char* const digits = word.data();
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits, digits + slash, port);
  if (error != std::errc() || end != digits + slash) return std::nullopt;
  return port;
}

}  // namespace

std::optional<std::uint16_t> service_port(std::string_view text, const Service& service) noexcept {
  while (!text.empty() && !service.name.empty()) {
    std::string_view line = detail::take_line(text);
    line = line.substr(0, line.find('#'));
    std::string_view name = detail::take_word(line);
    const auto port = parse_port(detail::take_word(line), service.protocol);
    if (!port) continue;
    for (; !name.empty(); name = detail::take_word(line))
      if (name == service.name) return port;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> service_port(const Service& service) {
  if (const auto port = service_port(detail::read_text("/etc/services", most_bytes), service)) return port;
  for (const Known& known : best_known)
    if (known.name == service.name) return known.port;
  return std::nullopt;
}

}  // namespace evt::dns
