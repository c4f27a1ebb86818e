/// SOCKS 5 and CONNECT of HTTP.
#include "dial/handshake.hpp"

#include <evt/address.hpp>

#include <algorithm>
#include <array>

namespace evtool::dial {
namespace {

char byte_of(std::size_t number) {
  return static_cast<char>(number & 0xff);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      text += at + i <= bytes.size() ? letters[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

}  // namespace

namespace socks5 {
namespace {

constexpr char version = 5;
constexpr char connect = 1;

constexpr auto replies = std::to_array<std::string_view>({
    "succeeded",
    "general failure",
    "not allowed",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "TTL expired",
    "command not supported",
    "address type not supported",
});

template <class Bytes>
void append_address(std::string& message, char type, const Bytes& bytes) {
  message += type;
  message.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

}  // namespace

std::string greeting(const Wanted& wanted) {
  if (wanted.user.empty()) return {version, 1, 0};
  return {version, 2, 0, 2};
}

std::expected<Method, std::string> method_of(std::string_view answer) {
  if (answer[0] != version) return std::unexpected("it does not speak SOCKS 5");
  switch (answer[1]) {
    case 0:
      return Method::none;
    case 2:
      return Method::password;
    default:
      return std::unexpected("it wants another way to log in");
  }
}

std::string password(const Wanted& wanted) {
  std::string message{1, byte_of(wanted.user.size())};
  message.append(wanted.user).append(1, byte_of(wanted.password.size())).append(wanted.password);
  return message;
}

std::optional<std::string> refused_password(std::string_view answer) {
  if (answer[1] == 0) return std::nullopt;
  return "user or password is wrong";
}

std::expected<std::string, std::string> request(const Wanted& wanted) {
  std::string message{version, connect, 0};
  const auto address = evt::Address::parse_ip(wanted.host, 0);
  if (address && address->family() == AF_INET) {
    append_address(message, 1, reinterpret_cast<const sockaddr_in*>(address->data())->sin_addr);
  } else if (address) {
    append_address(message, 4, reinterpret_cast<const sockaddr_in6*>(address->data())->sin6_addr);
  } else if (wanted.host.size() > 255) {
    return std::unexpected("the name is too long");
  } else {
    message.append(1, 3).append(1, byte_of(wanted.host.size())).append(wanted.host);
  }
  message += byte_of(wanted.port >> 8);
  message += byte_of(wanted.port);
  return message;
}

std::expected<std::size_t, std::string> rest_of(std::string_view answer) {
  if (answer[0] != version) return std::unexpected("it does not speak SOCKS 5");
  const auto code = static_cast<unsigned char>(answer[1]);
  if (code != 0)
    return std::unexpected(code < replies.size() ? std::string(replies[code]) : "error " + std::to_string(code));
  switch (answer[3]) {
    case 1:
      return 4 - 1 + 2;
    case 3:
      return static_cast<unsigned char>(answer[4]) + std::size_t{2};
    case 4:
      return 16 - 1 + 2;
    default:
      return std::unexpected("its answer cannot be read");
  }
}

}  // namespace socks5

namespace http {

std::expected<std::string, std::string> request(const Wanted& wanted) {
  const bool odd = std::ranges::any_of(wanted.host, [](char byte) { return byte <= ' ' || byte == '\x7f'; });
  if (odd) return std::unexpected("the name has blanks or controls in it");
  const bool ipv6 = wanted.host.contains(':');
  std::string place = ipv6 ? "[" : "";
  place.append(wanted.host).append(ipv6 ? "]:" : ":").append(std::to_string(wanted.port));
  std::string message = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n";
  if (!wanted.user.empty()) {
    const std::string login = std::string(wanted.user).append(":").append(wanted.password);
    message.append("Proxy-Authorization: Basic ").append(base64(login)).append("\r\n");
  }
  return message + "\r\n";
}

std::size_t head_size(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : end + 4;
}

std::optional<std::string> refusal(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  if (!line.starts_with("HTTP/1.") || line.size() < 12) return "it does not speak HTTP";
  if (line[9] == '2') return std::nullopt;
  return std::string(line.substr(9));
}

}  // namespace http

}  // namespace evtool::dial
