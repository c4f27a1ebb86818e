/// What is said to a proxy before the connection is the user's. Here are the words; who says them is connector.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace evtool::dial {

/// To whom the proxy is to connect, and as whom we ask.
struct Wanted {
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view user;
  std::string_view password;
};

/// SOCKS 5 (RFC 1928, RFC 1929), one message after the other. Refusals are phrases.
namespace socks5 {

std::string greeting(const Wanted& wanted);
enum class Method : std::uint8_t { none, password };
/// Of the two bytes of the answer.
std::expected<Method, std::string> method_of(std::string_view answer);
std::string password(const Wanted& wanted);
/// Of the two bytes of the answer.
std::optional<std::string> refused_password(std::string_view answer);
/// Errors: a name of more than 255 bytes.
std::expected<std::string, std::string> request(const Wanted& wanted);
/// Of the first five bytes of the answer: how many there are to come, or what the proxy said.
std::expected<std::size_t, std::string> rest_of(std::string_view answer);

}  // namespace socks5

namespace http {

/// Errors: bytes that have no business in a host's name.
std::expected<std::string, std::string> request(const Wanted& wanted);
/// How long the head of an answer is, with the empty line; 0 as long as its end has not come.
std::size_t head_size(std::string_view answer);
/// What the proxy said, unless it was yes.
std::optional<std::string> refusal(std::string_view head);

}  // namespace http

}  // namespace evtool::dial
