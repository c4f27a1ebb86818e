/// What a parsed message yields: questions, records, names. It was checked, so that nothing here can run out of it.
#include "dns/labels.hpp"
#include "dns/table.hpp"
#include <evt/dns/message.hpp>

#include <cerrno>

namespace evt::dns {

namespace {

std::size_t take_name(std::span<const std::byte> message, std::size_t& at) noexcept {
  const std::size_t begin = at;
  at = skip_checked_name(message, at);
  return begin;
}

/// Where the first name of such data begins.
std::optional<std::size_t> name_offset(const char* fields) noexcept {
  std::size_t offset = 0;
  for (; *fields != '\0'; ++fields) {
    switch (*fields) {
      case 'n':
      case 'N':
        return offset;
      case '2':
        offset += 2;
        break;
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

Name NameView::name() const noexcept {
  NameBuilder builder;
  LabelWalk walk(message_, offset_, message_.size(), Compression::allowed);
  for (auto label = walk.next(); !label.empty(); label = walk.next())
    builder.add(label);
  return builder.finish();
}

bool NameView::operator==(const Name& other) const noexcept {
  std::span<const std::byte> wire = other.wire();
  LabelWalk walk(message_, offset_, message_.size(), Compression::allowed);
  for (;;) {
    auto label = walk.next();
    if (label.size() != detail::octet_at(wire, 0)) return false;
    if (label.empty()) return walk.failure() == nullptr;
    if (!same_letters(label, wire.subspan(1, label.size()))) return false;
    wire = wire.subspan(label.size() + 1);
  }
}

void NameView::append_text(std::string& out) const {
  LabelWalk walk(message_, offset_, message_.size(), Compression::allowed);
  auto label = walk.next();
  if (label.empty()) out += '.';
  for (; !label.empty(); label = walk.next())
    append_label(out, label);
}

std::optional<Address> Record::address(std::uint16_t port) const noexcept {
  if (cls != Class::in) return std::nullopt;
  if (type == Type::a && rdata.size() == sizeof(in_addr)) {
    in_addr ipv4;
    std::memcpy(&ipv4, rdata.data(), sizeof ipv4);
    return Address::ipv4(ipv4, port);
  }
  if (type == Type::aaaa && rdata.size() == sizeof(in6_addr)) {
    in6_addr ipv6;
    std::memcpy(&ipv6, rdata.data(), sizeof ipv6);
    return Address::ipv6(ipv6, port);
  }
  return std::nullopt;
}

std::optional<Name> Record::target() const noexcept {
  const char* fields = fields_of(type, cls);
  auto offset = fields == nullptr ? std::nullopt : name_offset(fields);
  if (!offset) return std::nullopt;
  auto found = name(*offset);
  return found ? std::optional<Name>(*found) : std::nullopt;
}

Result<Name> Record::name(std::size_t offset) const noexcept {
  if (offset >= rdata.size()) return std::unexpected(errno_error(reason::ends_early, EBADMSG));
  const auto begin = static_cast<std::size_t>(rdata.data() - message.data());
  LabelWalk walk(message, begin + offset, begin + rdata.size(), Compression::allowed);
  NameBuilder builder;
  for (auto label = walk.next(); !label.empty(); label = walk.next())
    builder.add(label);
  if (walk.failure() != nullptr) return std::unexpected(errno_error(walk.failure(), EBADMSG));
  return builder.finish();
}

std::uint16_t Record::word(std::size_t offset) const noexcept {
  if (rdata.size() < 2 || offset > rdata.size() - 2) return 0;
  return detail::OctetReader(rdata.subspan(offset)).u16();
}

template <>
void Items<Question>::Iterator::read() noexcept {
  item_.name = NameView(message_, take_name(message_, offset_));
  detail::OctetReader reader(message_.subspan(offset_, 4));
  item_.type = Type{reader.u16()};
  item_.cls = Class{reader.u16()};
  offset_ += 4;
}

template <>
void Items<Record>::Iterator::read() noexcept {
  item_.owner = NameView(message_, take_name(message_, offset_));
  detail::OctetReader reader(message_.subspan(offset_, 10));
  item_.type = Type{reader.u16()};
  item_.cls = Class{reader.u16()};
  item_.ttl = reader.u32();
  const std::size_t size = reader.u16();
  item_.rdata = message_.subspan(offset_ + 10, size);
  item_.message = message_;
  offset_ += 10 + size;
}

}  // namespace evt::dns
