/// CookieJar: DNS cookies (RFC 7873), by which a server and a client know each other's messages from forged ones.
#pragma once

#include <evt/address.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace evt::dns {

/// What a client says of itself, the same to one server each time, and unguessable.
using ClientCookie = std::array<std::byte, 8>;

/// Cookies of one client: made out of a secret of its own, and learnt from servers. Not for several threads at once.
class CookieJar {
 public:
  static constexpr std::size_t smallest_server_cookie = 8;
  static constexpr std::size_t largest_server_cookie = 32;
  /// As many servers are remembered; one more takes the place of the oldest.
  static constexpr std::size_t capacity = 64;

  /// The secret comes from getrandom(2). Where that is refused cookies prove nothing, and no Query gets an id either.
  CookieJar() noexcept;

  /// A keyed hash of both addresses, ports left out: another network gets another cookie (RFC 7873 §4.1).
  ClientCookie client_cookie(const Address& server, const Address& local) const noexcept;
  /// What the server gave last, or nothing. Borrowed until the next learn().
  std::span<const std::byte> server_cookie(const Address& server) const noexcept;
  /// Ignores what has no size of a server cookie. Allocates where a server is new.
  void learn(const Address& server, std::span<const std::byte> cookie);

 private:
  struct Learnt {
    Address server;
    std::uint8_t size = 0;
    std::array<std::byte, largest_server_cookie> cookie;
  };
  std::array<std::uint64_t, 2> secret_;
  std::vector<Learnt> learnt_;
  std::size_t oldest_ = 0;
};

}  // namespace evt::dns
