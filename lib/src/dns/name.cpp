/// Name: values of names, compared and taken apart. Text is name_text.cpp's.
#include "dns/labels.hpp"
#include <evt/dns/name.hpp>

#include <cerrno>

namespace evt::dns {

Result<Name> Name::from_wire(std::span<const std::byte> wire) noexcept {
  LabelWalk walk(wire, 0, wire.size(), Compression::forbidden);
  NameBuilder builder;
  for (auto label = walk.next(); !label.empty(); label = walk.next())
    builder.add(label);
  if (walk.failure() != nullptr) return std::unexpected(errno_error(walk.failure(), EBADMSG));
  if (walk.end() != wire.size()) return std::unexpected(errno_error("dns: more than a name", EBADMSG));
  return builder.finish();
}

std::size_t Name::label_count() const noexcept {
  std::size_t count = 0;
  for (std::size_t at = 0; octets_[at] != std::byte{0}; ++count)
    at += std::to_integer<std::size_t>(octets_[at]) + 1;
  return count;
}

std::string_view Name::label(std::size_t index) const noexcept {
  std::size_t at = 0;
  for (; index > 0 && octets_[at] != std::byte{0}; --index)
    at += std::to_integer<std::size_t>(octets_[at]) + 1;
  return {reinterpret_cast<const char*>(octets_ + at + 1), std::to_integer<std::size_t>(octets_[at])};
}

Name Name::parent() const noexcept {
  Name result;
  if (is_root()) return result;
  const std::size_t skipped = std::to_integer<std::size_t>(octets_[0]) + 1;
  result.size_ = static_cast<std::uint8_t>(size_ - skipped);
  std::memcpy(result.octets_, octets_ + skipped, result.size_);
  return result;
}

Result<Name> Name::join(const Name& suffix) const noexcept {
  const std::size_t own = size_ - 1U;
  if (own + suffix.size_ > capacity) return std::unexpected(errno_error(reason::name_too_long, EINVAL));
  Name result;
  result.size_ = static_cast<std::uint8_t>(own + suffix.size_);
  std::memcpy(result.octets_, octets_, own);
  std::memcpy(result.octets_ + own, suffix.octets_, suffix.size_);
  return result;
}

bool Name::ends_with(const Name& suffix) const noexcept {
  std::size_t at = 0;
  while (size_ - at > suffix.size_)
    at += std::to_integer<std::size_t>(octets_[at]) + 1;
  return same_letters(wire().subspan(at), suffix.wire());
}

// The size of a label is never a letter.
bool Name::operator==(const Name& other) const noexcept {
  return same_letters(wire(), other.wire());
}

std::size_t Name::hash() const noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a.
  for (std::byte octet : wire())
    hash = (hash ^ std::to_integer<std::uint64_t>(lower(octet))) * 0x100000001b3;
  return hash;
}

void Name::mix_case(std::span<const std::byte, 32> random) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    const std::byte letter = lower(octets_[i]);
    if (letter < std::byte{'a'} || letter > std::byte{'z'}) continue;
    const bool upper = (random[i / 8] >> (i % 8) & std::byte{1}) != std::byte{0};
    octets_[i] = upper ? letter & std::byte{0xdf} : letter;
  }
}

}  // namespace evt::dns
