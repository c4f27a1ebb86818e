/// The labels of a name in a message, one by one, along compression pointers: the only code that follows them.
#pragma once

#include "base/octets.hpp"
#include <evt/dns/name.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace evt::dns {

/// Why a message is none. Literals, so that they can be the operation of an Error; arrays, so that each has one
/// address.
namespace reason {
inline constexpr char ends_early[] = "dns: the message ends early";
inline constexpr char label_kind[] = "dns: a label of an unknown kind";
inline constexpr char name_too_long[] = "dns: a name of more than 255 octets";
inline constexpr char pointer_forward[] = "dns: a compression pointer that does not point backwards";
inline constexpr char pointer_header[] = "dns: a compression pointer into the header";
inline constexpr char pointer_chain[] = "dns: too many compression pointers in a name";
inline constexpr char pointer_forbidden[] = "dns: a compressed name where none may be";
}  // namespace reason

enum class Compression { allowed, forbidden };

/// Every pointer leads to before all that was read, so that the walk ends; a name has at most 127 labels, and here at
/// most as many pointers, so that it ends soon.
class LabelWalk {
 public:
  /// The name at `at`, which must end before `limit` unless it goes on elsewhere.
  LabelWalk(std::span<const std::byte> message, std::size_t at, std::size_t limit, Compression compression) noexcept
      : message_(message), at_(at), lowest_(at), limit_(limit), compression_(compression) {}

  /// The next label, not empty; an empty one at the end, with the root or with failure().
  std::span<const std::byte> next() noexcept {
    while (failure_ == nullptr) {
      if (at_ >= limit_) return fail(reason::ends_early);
      const std::uint8_t size = detail::octet_at(message_, at_);
      if (size <= Name::label_capacity) return label(size);
      if (size < 0xc0) return fail(reason::label_kind);
      follow(size);
    }
    return {};
  }

  const char* failure() const noexcept { return failure_; }
  /// Where what follows the name in its place begins. Once the walk has ended.
  std::size_t end() const noexcept { return end_; }

 private:
  static constexpr unsigned most_pointers = 127;

  std::span<const std::byte> label(std::uint8_t size) noexcept {
    expanded_ += size + 1U;
    if (expanded_ > Name::capacity) return fail(reason::name_too_long);
    if (limit_ - at_ - 1 < size) return fail(reason::ends_early);
    const std::size_t begin = at_ + 1;
    at_ = begin + size;
    if (size == 0 && pointers_ == 0) end_ = at_;
    return message_.subspan(begin, size);
  }

  void follow(std::uint8_t first) noexcept {
    if (limit_ - at_ < 2) return void(fail(reason::ends_early));
    if (compression_ == Compression::forbidden) return void(fail(reason::pointer_forbidden));
    const std::size_t target = (first & 0x3fU) << 8 | detail::octet_at(message_, at_ + 1);
    if (target >= lowest_) return void(fail(reason::pointer_forward));
    if (target < 12) return void(fail(reason::pointer_header));
    if (pointers_ == most_pointers) return void(fail(reason::pointer_chain));
    if (pointers_++ == 0) {
      end_ = at_ + 2;
      limit_ = message_.size();
    }
    lowest_ = at_ = target;
  }

  std::span<const std::byte> fail(const char* why) noexcept {
    failure_ = why;
    return {};
  }

  std::span<const std::byte> message_;
  std::size_t at_;
  std::size_t lowest_;
  std::size_t limit_;
  std::size_t end_ = 0;
  std::size_t expanded_ = 0;
  unsigned pointers_ = 0;
  Compression compression_;
  const char* failure_ = nullptr;
};

/// Where what follows the name begins, without looking at the name, which was checked before.
inline std::size_t skip_checked_name(std::span<const std::byte> message, std::size_t at) noexcept {
  for (;;) {
    const std::uint8_t size = detail::octet_at(message, at);
    if (size == 0) return at + 1;
    if (size > Name::label_capacity) return at + 2;
    at += size + 1U;
  }
}

/// A Name put together from labels.
class NameBuilder {
 public:
  /// Whether it, and the root, still fits.
  bool add(std::span<const std::byte> label) noexcept {
    if (size_ + label.size() + 2 > Name::capacity) return false;
    name_.octets_[size_] = static_cast<std::byte>(label.size());
    std::memcpy(name_.octets_ + size_ + 1, label.data(), label.size());
    size_ += label.size() + 1;
    return true;
  }
  const Name& finish() noexcept {
    name_.octets_[size_] = std::byte{0};
    name_.size_ = static_cast<std::uint8_t>(size_ + 1);
    return name_;
  }

 private:
  Name name_;
  std::size_t size_ = 0;
};

/// A label as dig prints it.
void append_label(std::string& out, std::span<const std::byte> label);

/// Octets as letters in lower case.
inline std::byte lower(std::byte octet) noexcept {
  return octet >= std::byte{'A'} && octet <= std::byte{'Z'} ? octet | std::byte{0x20} : octet;
}

inline bool same_letters(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace evt::dns
