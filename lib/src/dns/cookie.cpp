/// CookieJar: cookies made, and kept by server.
#include "dns/random.hpp"
#include "dns/siphash.hpp"
#include <evt/dns/cookie.hpp>

#include <algorithm>
#include <bit>

namespace evt::dns {

namespace {

/// Writes the address without its port behind what is in `target` already.
std::size_t append_address(std::span<std::byte> target, const Address& address) noexcept {
  std::array<std::byte, sizeof(in6_addr)> bytes;
  std::size_t size = 0;
  if (address.family() == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr;
    bytes = std::bit_cast<decltype(bytes)>(ipv6);
    size = sizeof(ipv6);
  } else if (address.family() == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in*>(address.data())->sin_addr;
    std::ranges::copy(std::as_bytes(std::span(&ipv4, 1)), bytes.begin());
    size = sizeof(ipv4);
  }
  std::copy_n(bytes.begin(), size, target.begin());
  return size;
}

}  // namespace

CookieJar::CookieJar() noexcept : secret_(detail::random<decltype(secret_)>().value_or(decltype(secret_){})) {}

ClientCookie CookieJar::client_cookie(const Address& server, const Address& local) const noexcept {
  std::array<std::byte, 2 * sizeof(in6_addr)> both;
  std::size_t size = append_address(both, server);
  size += append_address(std::span(both).subspan(size), local);
  return std::bit_cast<ClientCookie>(detail::siphash(secret_, std::span(both).first(size)));
}

std::span<const std::byte> CookieJar::server_cookie(const Address& server) const noexcept {
  const auto found = std::ranges::find(learnt_, server, &Learnt::server);
  if (found == learnt_.end()) return {};
  return std::span(found->cookie).first(found->size);
}

void CookieJar::learn(const Address& server, std::span<const std::byte> cookie) {
  if (cookie.size() < smallest_server_cookie || cookie.size() > largest_server_cookie) return;
  auto place = std::ranges::find(learnt_, server, &Learnt::server);
  if (place == learnt_.end()) {
    if (learnt_.size() < capacity) {
      place = learnt_.emplace(learnt_.end());
    } else {
      place = learnt_.begin() + static_cast<std::ptrdiff_t>(oldest_);
      oldest_ = (oldest_ + 1) % capacity;
    }
    place->server = server;
  }
  place->size = static_cast<std::uint8_t>(cookie.size());
  std::ranges::copy(cookie, place->cookie.begin());
}

}  // namespace evt::dns
