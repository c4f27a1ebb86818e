/// The checks of the layouts of single types.
#include "dns/checker.hpp"

#include <algorithm>

namespace evt::dns {

namespace {

constexpr const char* bad_gateway = "dns: a gateway of an unknown kind";
constexpr const char* bad_location = "dns: a location that is nowhere";
constexpr const char* bad_parameter = "dns: a service parameter that is none";
constexpr const char* parameters_out_of_order = "dns: service parameters out of order";
constexpr const char* mandatory_missing = "dns: a mandatory service parameter that is missing";

}  // namespace

void Checker::layout(char letter) noexcept {
  switch (letter) {
    case 'L':
      return location();
    case 'G':
      if (reader_.failed()) return;
      return gateway(detail::octet_at(message_, reader_.at() - 2));
    case 'Y':
      reader_.u8();
      if (const unsigned kind = reader_.u8() & 0x7f; kind > 3) {
        reader_.rest();
      } else {
        gateway(kind);
      }
      return;
    case 'I':
      return host_identity();
    case 'Q':
      return prefixes();
    case 'P':
      return parameters();
    case 'W':
      return services();
    case 'U':
      return ipv6_suffix();
    case 'X':
      return atm_address();
    default:
      reader_.fail();
  }
}

/// RFC 1876 §2. Other versions are left as they are.
void Checker::location() noexcept {
  if (reader_.u8() != 0) return void(reader_.rest());
  for (int i = 0; i < 3; ++i) {
    const unsigned code = reader_.u8();
    if (code >> 4 > 9 || (code & 15) > 9 || (code >> 4 == 0 && code != 0)) refuse(bad_location);
  }
  constexpr std::int64_t middle = std::int64_t{1} << 31;
  constexpr std::int64_t degree = 3600000;
  for (int degrees : {90, 180}) {
    const std::int64_t distance = static_cast<std::int64_t>(reader_.u32()) - middle;
    if (!reader_.failed() && std::max(distance, -distance) > degrees * degree) refuse(bad_location);
  }
  reader_.u32();
}

/// RFC 4025 §2.3, RFC 8777 §4.2.3: nothing, an address or a name.
void Checker::gateway(unsigned kind) noexcept {
  if (kind == 1) reader_.take(4);
  if (kind == 2) reader_.take(16);
  if (kind == 3) name(Compression::forbidden);
  if (kind > 3) refuse(bad_gateway);
}

/// RFC 8005 §5.
void Checker::host_identity() noexcept {
  const std::size_t tag_size = reader_.u8();
  reader_.u8();
  const std::size_t key_size = reader_.u16();
  some(reader_.take(tag_size));
  some(reader_.take(key_size));
  while (reader_.left() != 0 && wrong_ == nullptr)
    name(Compression::forbidden);
}

/// RFC 3123 §4. Families that are neither IPv4 nor IPv6 are left as they are.
void Checker::prefixes() noexcept {
  while (reader_.left() != 0) {
    const unsigned family = reader_.u16();
    const unsigned prefix = reader_.u8();
    auto octets = reader_.take(reader_.u8() & 0x7fU);
    if (family != 1 && family != 2) continue;
    const unsigned bits = family == 1 ? 32 : 128;
    if (prefix > bits || octets.size() > bits / 8) refuse("dns: a prefix longer than its address");
    if (!octets.empty() && octets.back() == std::byte{0}) refuse("dns: a prefix with zeros at its end");
  }
}

/// WKS: an address, a protocol, and at most 64 Ki bits.
void Checker::services() noexcept {
  reader_.take(5);
  reader_.take(std::min<std::size_t>(reader_.left(), 8192));
}

/// RFC 2874 §3.1.
void Checker::ipv6_suffix() noexcept {
  const unsigned prefix = reader_.u8();
  if (prefix > 128) return refuse("dns: a prefix longer than its address");
  reader_.take(16 - prefix / 8);
  if (prefix != 0) name(Compression::forbidden);
}

void Checker::atm_address() noexcept {
  const unsigned format = reader_.u8();
  auto address = some(reader_.rest());
  const auto digit = [](std::byte octet) { return octet >= std::byte{'0'} && octet <= std::byte{'9'}; };
  if (format == 1 && !std::ranges::all_of(address, digit)) refuse("dns: an address that is not of digits");
}

/// RFC 9460 §2.2: by number, each at most once.
void Checker::parameters() noexcept {
  const std::size_t begin = reader_.at();
  std::span<const std::byte> wanted;
  int last = -1;
  while (reader_.left() != 0) {
    const int key = reader_.u16();
    auto value = reader_.take(reader_.u16());
    if (reader_.failed()) return;
    if (key <= last) return refuse(parameters_out_of_order);
    if (key == 0) wanted = some(value);
    parameter(static_cast<unsigned>(key), value);
    last = key;
  }
  if (!wanted.empty()) mandatory(wanted, message_.subspan(begin, reader_.at() - begin));
}

void Checker::parameter(unsigned key, std::span<const std::byte> value) noexcept {
  const auto whole = [&](std::size_t size) { return !value.empty() && value.size() % size == 0; };
  bool right = true;
  switch (key) {
    case 0:
      right = whole(2);
      break;
    case 1: {
      detail::OctetReader protocols(value);
      do
        right = !protocols.take(protocols.u8()).empty();
      while (right && protocols.left() != 0);
      break;
    }
    case 2:
      right = value.empty();
      break;
    case 3:
      right = value.size() == 2;
      break;
    case 4:
      right = whole(4);
      break;
    case 6:
      right = whole(16);
      break;
    default:
      break;
  }
  if (!right) refuse(bad_parameter);
}

/// RFC 9460 §8: keys in order, each there, and not itself.
void Checker::mandatory(std::span<const std::byte> keys, std::span<const std::byte> all) noexcept {
  detail::OctetReader wanted(keys);
  detail::OctetReader given(all);
  for (int last = 0; wanted.left() != 0;) {
    const int key = wanted.u16();
    if (key <= last) return refuse(parameters_out_of_order);
    last = key;
    int found = -1;
    while (found < key && given.left() != 0) {
      found = given.u16();
      given.take(given.u16());
    }
    if (found != key) return refuse(mandatory_missing);
  }
}

}  // namespace evt::dns
