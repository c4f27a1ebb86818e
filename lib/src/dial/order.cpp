/// Destination address selection of RFC 6724, and the source that the kernel would select.
#include "dial/order.hpp"

#include <evt/socket.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace evt::detail {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

/// The address in IPv6's form; of IPv4, the mapped one.
Bytes bytes_of(const Address& address) noexcept {
  Bytes bytes{};
  if (address.family() == AF_INET) {
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(&bytes[12], &reinterpret_cast<const sockaddr_in*>(address.data())->sin_addr, 4);
  } else if (address.family() == AF_INET6) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr, 16);
  }
  return bytes;
}

unsigned common_bits(const Bytes& one, const Bytes& other) noexcept {
  for (unsigned i = 0; i < one.size(); ++i) {
    const auto difference = static_cast<std::uint8_t>(one[i] ^ other[i]);
    if (difference != 0) return 8 * i + static_cast<unsigned>(std::countl_zero(difference));
  }
  return 128;
}

bool is_mapped(const Bytes& bytes) noexcept {
  constexpr Bytes prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return common_bits(bytes, prefix) >= 96;
}

struct Policy {
  Bytes prefix;
  unsigned bits;
  int precedence;
  int label;
};

/// RFC 6724, section 2.1, the longest prefixes first.
constexpr auto policies = std::to_array<Policy>({
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 35, 4},
    {{}, 96, 1, 3},
    {{0x20, 0x01}, 32, 5, 5},
    {{0x20, 0x02}, 16, 30, 2},
    {{0x3f, 0xfe}, 16, 1, 12},
    {{0xfe, 0xc0}, 10, 1, 11},
    {{0xfc}, 7, 3, 13},
    {{}, 0, 40, 1},
});

const Policy& policy_of(const Bytes& bytes) noexcept {
  return *std::ranges::find_if(policies, [&](const Policy& p) { return common_bits(bytes, p.prefix) >= p.bits; });
}

constexpr int link_local = 2;
constexpr int site_local = 5;
constexpr int global = 14;

/// Section 3.1; of IPv4 section 3.2.
int scope_of(const Bytes& bytes) noexcept {
  if (is_mapped(bytes)) {
    const bool near = bytes[12] == 127 || (bytes[12] == 169 && bytes[13] == 254);
    return near ? link_local : global;
  }
  if (bytes[0] == 0xff) return bytes[1] & 0x0f;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return link_local;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0) return site_local;
  return common_bits(bytes, policies[0].prefix) == 128 ? link_local : global;
}

/// What a candidate is sorted by: the lesser member decides first, and less is better.
struct Rank {
  bool unusable;       // Rule 1.
  bool scopes_differ;  // Rule 2.
  bool labels_differ;  // Rule 5.
  int precedence;      // Rule 6, negative.
  int scope;           // Rule 8.
  bool ipv4;           // Not a rule: what follows compares addresses of one family.
  int common;          // Rule 9, negative.
  std::size_t place;   // Rule 10.

  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const Candidate& candidate, std::size_t place) noexcept {
  const Bytes destination = bytes_of(candidate.destination);
  const Policy& policy = policy_of(destination);
  Rank rank{.unusable = !candidate.source,
            .scopes_differ = false,
            .labels_differ = false,
            .precedence = -policy.precedence,
            .scope = scope_of(destination),
            .ipv4 = is_mapped(destination),
            .common = 0,
            .place = place};
  if (!candidate.source) return rank;
  const Bytes source = bytes_of(*candidate.source);
  rank.scopes_differ = scope_of(source) != rank.scope;
  rank.labels_differ = policy_of(source).label != policy.label;
  if (!rank.ipv4) rank.common = -static_cast<int>(std::min(common_bits(source, destination), 64U));
  return rank;
}

}  // namespace

void sort_candidates(std::vector<Candidate>& candidates) {
  std::vector<Rank> ranks;
  ranks.reserve(candidates.size());
  for (const Candidate& candidate : candidates)
    ranks.push_back(rank_of(candidate, ranks.size()));
  std::ranges::sort(ranks);
  std::vector<Candidate> sorted;
  sorted.reserve(candidates.size());
  for (const Rank& rank : ranks)
    sorted.push_back(candidates[rank.place]);
  candidates = std::move(sorted);
}

Candidate take_next(std::vector<Candidate>& candidates, int family) noexcept {
  auto next =
      std::ranges::find_if(candidates, [family](const Candidate& c) { return c.destination.family() != family; });
  if (next == candidates.end()) next = candidates.begin();
  Candidate taken = *next;
  candidates.erase(next);
  return taken;
}

std::optional<Address> source_of(const Address& destination) noexcept {
  const auto socket = open_socket({.family = destination.family(), .type = SOCK_DGRAM});
  // Any port but 0 will do.
  const Address to = destination.port() == 0 ? destination.with_port(9) : destination;
  if (!socket || ::connect(socket->get(), to.data(), to.size()) != 0) return std::nullopt;
  const auto source = local_address(socket->get());
  if (!source) return std::nullopt;
  return source->with_port(0);
}

}  // namespace evt::detail
