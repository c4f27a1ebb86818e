/// Address as text: read strictly, without asking a resolver, and printed so that it can be read back.
#include <evt/address.hpp>

#include <arpa/inet.h>
#include <net/if.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace evt {

namespace {

constexpr std::string_view unix_prefix = "unix:";

std::unexpected<Error> failure(int number) noexcept {
  return std::unexpected(errno_error("address", number));
}

/// A decimal number without sign and leading zeros.
template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number number{};
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `text` with a NUL behind it, for functions of C, or nullptr where it does not fit or has one inside.
template <std::size_t Size>
const char* terminated(std::string_view text, char (&buffer)[Size]) noexcept {
  if (text.size() >= Size || text.contains('\0')) return nullptr;
  text.copy(buffer, text.size());
  buffer[text.size()] = '\0';
  return buffer;
}

/// The interface behind a `%`, by number or by name; a number is never taken for a name.
Result<std::uint32_t> parse_interface(std::string_view text) noexcept {
  char buffer[IF_NAMESIZE];
  const char* name = terminated(text, buffer);
  if (name == nullptr || text.empty()) return failure(EINVAL);
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    auto number = parse_number<std::uint32_t>(text);
    if (!number || *number == 0) return failure(EINVAL);
    return *number;
  }
  unsigned index = if_nametoindex(name);
  if (index == 0) return failure(ENODEV);
  return index;
}

/// The value of two hexadecimal digits, or -1.
int parse_byte(std::string_view digits) noexcept {
  unsigned char byte = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  return error == std::errc() && end == digits.data() + 2 ? byte : -1;
}

/// What stands behind `unix:`, with its escapes undone.
Result<Address> parse_unix(std::string_view text) noexcept {
  const bool abstract = text.starts_with('@');
  if (abstract) text.remove_prefix(1);
  char name[sizeof(sockaddr_un::sun_path) + 1];
  std::size_t size = 0;
  while (!text.empty()) {
    if (size == sizeof name) return failure(ENAMETOOLONG);
    int byte = static_cast<unsigned char>(text[0]);
    std::size_t used = 1;
    if (text.starts_with("\\x")) {
      byte = parse_byte(text.substr(2, 2));
      used = 4;
    } else if (text.starts_with("\\\\")) {
      used = 2;
    } else if (byte == '\\' || byte == '\0') {
      byte = -1;
    }
    if (byte < 0) return failure(EINVAL);
    name[size++] = static_cast<char>(byte);
    text.remove_prefix(used);
  }
  std::string_view bytes(name, size);
  return abstract ? Address::unix_abstract(bytes) : Address::unix_path(bytes);
}

void append_byte(std::string& text, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

/// Appends the bytes of a name; those that would not survive printing or parsing are escaped.
void append_escaped(std::string& text, std::string_view name) {
  for (char letter : name) {
    auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f) {
      append_byte(text, byte);
    } else {
      text.append(byte == '\\' ? 2 : 1, letter);
    }
  }
}

std::string format_unix(const Address& address) {
  std::string text(unix_prefix);
  if (auto name = address.abstract_name()) {
    text += '@';
    append_escaped(text, *name);
    return text;
  }
  std::string_view path = address.path();
  if (path.starts_with('@')) {
    append_byte(text, '@');
    path.remove_prefix(1);
  }
  append_escaped(text, path);
  return text;
}

std::string format_ip(const Address& address) {
  char buffer[INET6_ADDRSTRLEN];
  const sockaddr* data = address.data();
  if (address.family() == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(data)->sin_addr, buffer, sizeof buffer);
    return buffer;
  }
  inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(data)->sin6_addr, buffer, sizeof buffer);
  std::string text = buffer;
  if (address.scope() != 0) text += '%' + std::to_string(address.scope());
  return text;
}

}  // namespace

Result<Address> Address::parse(std::string_view text) noexcept {
  if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return failure(EINVAL);
  auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return failure(EINVAL);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  // Brackets are IPv6's: without them, the last colon of one would pass for that of the port.
  if (bracketed != host.contains(':')) return failure(EINVAL);
  return parse_ip(host, *port);
}

Result<Address> Address::parse_ip(std::string_view text, std::uint16_t port) noexcept {
  const std::size_t percent = text.find('%');
  char buffer[INET6_ADDRSTRLEN];
  const char* host = terminated(text.substr(0, percent), buffer);
  if (host == nullptr) return failure(EINVAL);
  in_addr ipv4_address;
  if (inet_pton(AF_INET, host, &ipv4_address) == 1) {
    if (percent != std::string_view::npos) return failure(EINVAL);
    return ipv4(ipv4_address, port);
  }
  in6_addr ipv6_address;
  if (inet_pton(AF_INET6, host, &ipv6_address) != 1) return failure(EINVAL);
  Address address = ipv6(ipv6_address, port);
  if (percent == std::string_view::npos) return address;
  auto interface = parse_interface(text.substr(percent + 1));
  if (!interface) return std::unexpected(interface.error());
  return address.with_scope(*interface);
}

std::string Address::to_string() const {
  switch (family()) {
    case AF_UNSPEC:
      return "none";
    case AF_INET:
      return format_ip(*this) + ':' + std::to_string(port());
    case AF_INET6:
      return '[' + format_ip(*this) + "]:" + std::to_string(port());
    case AF_UNIX:
      return format_unix(*this);
    default:
      return "family " + std::to_string(family());
  }
}

std::string Address::ip_to_string() const {
  return family() == AF_INET || family() == AF_INET6 ? format_ip(*this) : to_string();
}

}  // namespace evt
