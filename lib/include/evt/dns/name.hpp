/// Name: a domain name as a value, in wire form. Where names stand in messages is message.hpp's.
#pragma once

#include <evt/result.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace evt::dns {

/// At most 255 octets, always ending in the root. Made and copied without allocation and only as far as it is used.
/// Every name is a whole one: what is relative is text, or a Name before join(). Any thread.
class Name {
 public:
  static constexpr std::size_t capacity = 255;
  static constexpr std::size_t label_capacity = 63;

  /// The root.
  Name() noexcept : size_(1) { octets_[0] = std::byte{0}; }
  Name(const Name& other) noexcept : size_(other.size_) { std::memcpy(octets_, other.octets_, size_); }
  Name& operator=(const Name& other) noexcept {  // NOLINT(bugprone-unhandled-self-assignment): memmove does.
    size_ = other.size_;
    std::memmove(octets_, other.octets_, size_);
    return *this;
  }
  ~Name() = default;

  /// Presentation form (RFC 1035 §5.1): `www.example.com`, `a\.b.example.`, `\000.example`; "." is the root, and a
  /// dot at the end makes no difference. Errors, EINVAL each with its own reason: an empty name, an empty label, a
  /// label of more than 63 octets, a name of more than 255, an escape that is none.
  static Result<Name> parse(std::string_view text) noexcept;
  /// One name without compression that fills `wire` exactly. Errors: EBADMSG, with a reason.
  static Result<Name> from_wire(std::span<const std::byte> wire) noexcept;

  std::span<const std::byte> wire() const noexcept { return {octets_, size_}; }
  bool is_root() const noexcept { return size_ == 1; }
  /// Labels without the root: 0 for the root.
  std::size_t label_count() const noexcept;
  /// The label, counted from the left; its bytes are inside this object. Empty past the last.
  std::string_view label(std::size_t index) const noexcept;
  /// Without the label on the left; of the root, the root.
  Name parent() const noexcept;
  /// This name with `suffix` behind it. Errors: EINVAL, more than 255 octets.
  Result<Name> join(const Name& suffix) const noexcept;
  /// Whether this is `suffix` or a name below it, in any case.
  bool ends_with(const Name& suffix) const noexcept;

  /// As dig prints it: with its final dot, `\.` `\DDD` for what would be read otherwise or is no printable ASCII.
  void append_text(std::string& out) const;
  std::string text() const;

  /// Names are equal in any case (RFC 4343).
  bool operator==(const Name& other) const noexcept;
  /// Octet for octet, for whoever mixed the case of what was asked.
  bool identical(const Name& other) const noexcept {
    return size_ == other.size_ && std::memcmp(octets_, other.octets_, size_) == 0;
  }
  /// The same for equal names.
  std::size_t hash() const noexcept;
  /// Letter number i of the wire form is in upper case where bit i of `random` is set, else in lower case.
  void mix_case(std::span<const std::byte, 32> random) noexcept;

 private:
  friend class NameBuilder;

  std::uint8_t size_;
  std::byte octets_[capacity];
};

}  // namespace evt::dns

template <>
struct std::hash<evt::dns::Name> {
  std::size_t operator()(const evt::dns::Name& name) const noexcept { return name.hash(); }
};
