/// Builder: octets into the caller's memory.
#include "base/octets.hpp"
#include <evt/dns/build.hpp>

#include <algorithm>
#include <cerrno>

namespace evt::dns {

namespace {

std::uint16_t flags_of(const HeaderFields& header) noexcept {
  unsigned flags = (static_cast<unsigned>(header.opcode) & 15) << 11 | (static_cast<unsigned>(header.rcode) & 15);
  if (header.response) flags |= 1U << 15;
  if (header.authoritative) flags |= 1U << 10;
  if (header.truncated) flags |= 1U << 9;
  if (header.recursion_desired) flags |= 1U << 8;
  if (header.recursion_available) flags |= 1U << 7;
  if (header.reserved) flags |= 1U << 6;
  if (header.authentic_data) flags |= 1U << 5;
  if (header.checking_disabled) flags |= 1U << 4;
  return static_cast<std::uint16_t>(flags);
}

/// The octets of an IP address, none for another.
std::span<const std::byte> octets_of(const Address& address) noexcept {
  const void* data = address.data();
  if (address.family() == AF_INET) {
    return std::as_bytes(std::span(&static_cast<const sockaddr_in*>(data)->sin_addr, 1));
  }
  if (address.family() == AF_INET6) {
    return std::as_bytes(std::span(&static_cast<const sockaddr_in6*>(data)->sin6_addr, 1));
  }
  return {};
}

}  // namespace

Builder::Builder(std::span<std::byte> target, const HeaderFields& header) noexcept : target_(target) {
  number(header.id, 2);
  number(flags_of(header), 2);
  for (int i = 0; i < 4; ++i)
    number(0, 2);
}

void Builder::question(const Name& name, Type type, Class cls) noexcept {
  if (!room(name.wire().size() + 4)) return;
  bytes(name.wire());
  number(static_cast<std::size_t>(type), 2);
  number(static_cast<std::size_t>(cls), 2);
  count(Section::question);
}

void Builder::record(Section section, const Name& owner, const RecordFields& fields,
                     std::span<const std::byte> rdata) noexcept {
  if (rdata.size() > 0xffff) overflow_ = true;
  if (!room(owner.wire().size() + 10 + rdata.size())) return;
  bytes(owner.wire());
  number(static_cast<std::size_t>(fields.type), 2);
  number(static_cast<std::size_t>(fields.cls), 2);
  number(fields.ttl, 4);
  number(rdata.size(), 2);
  bytes(rdata);
  count(section);
}

void Builder::edns(const EdnsFields& fields) noexcept {
  if (!room(11)) return;
  number(0, 1);
  number(static_cast<std::size_t>(Type::opt), 2);
  number(fields.udp_size, 2);
  number(fields.extended_rcode, 1);
  number(fields.version, 1);
  number((fields.dnssec_ok ? 0x8000U : 0U) | (fields.reserved_flags & 0x7fffU), 2);
  number(0, 2);
  opt_data_ = size_;
  count(Section::additional);
}

void Builder::option(OptionCode code, std::span<const std::byte> data) noexcept {
  if (data.size() > 0xffff) overflow_ = true;
  if (!room(4 + data.size())) return;
  number(static_cast<std::size_t>(code), 2);
  number(data.size(), 2);
  bytes(data);
}

void Builder::cookie(std::span<const std::byte, 8> client, std::span<const std::byte> server) noexcept {
  std::array<std::byte, 40> whole;
  if (server.size() > whole.size() - client.size()) overflow_ = true;
  if (overflow_) return;
  std::copy(server.begin(), server.end(), std::copy(client.begin(), client.end(), whole.begin()));
  option(OptionCode::cookie, std::span(whole).first(client.size() + server.size()));
}

void Builder::nsid() noexcept {
  option(OptionCode::nsid, {});
}

void Builder::client_subnet(const Address& address, std::uint8_t prefix) noexcept {
  auto octets = octets_of(address);
  const std::size_t bits = std::min<std::size_t>(prefix, octets.size() * 8);
  std::array<std::byte, 4 + 16> data{};
  detail::OctetWriter writer(data);
  writer.number(address.family() == AF_INET6 ? 2 : 1, 2);
  writer.number(bits, 1);
  writer.number(0, 1);
  writer.bytes(octets.first((bits + 7) / 8));
  if (bits % 8 != 0) data[writer.size() - 1] &= static_cast<std::byte>(0xff << (8 - bits % 8));
  option(OptionCode::client_subnet, writer.written());
}

void Builder::padding(std::size_t block) noexcept {
  if (block == 0 || overflow_) return;
  const std::size_t size = (block - (size_ + 4) % block) % block;
  if (!room(4 + size)) return;
  number(static_cast<std::size_t>(OptionCode::padding), 2);
  number(size, 2);
  std::fill_n(target_.begin() + static_cast<std::ptrdiff_t>(size_), size, std::byte{0});
  size_ += size;
}

Result<std::span<std::byte>> Builder::finish() noexcept {
  if (opt_data_ != 0 && size_ - opt_data_ > 0xffff) overflow_ = true;
  if (overflow_) return std::unexpected(errno_error("dns: a message too large for its buffer", EMSGSIZE));
  const std::size_t end = size_;
  size_ = 4;
  for (std::uint16_t count : counts_)
    number(count, 2);
  if (opt_data_ != 0) {
    size_ = opt_data_ - 2;
    number(end - opt_data_, 2);
  }
  size_ = end;
  return target_.first(end);
}

bool Builder::room(std::size_t size) noexcept {
  if (target_.size() - size_ < size) overflow_ = true;
  return !overflow_;
}

void Builder::count(Section section) noexcept {
  ++counts_[static_cast<std::size_t>(section)];
}

void Builder::number(std::size_t value, std::size_t size) noexcept {
  if (!room(size)) return;
  detail::OctetWriter(target_.subspan(size_)).number(value, size);
  size_ += size;
}

void Builder::bytes(std::span<const std::byte> data) noexcept {
  if (!room(data.size())) return;
  if (!data.empty()) std::memcpy(target_.data() + size_, data.data(), data.size());
  size_ += data.size();
}

}  // namespace evt::dns
