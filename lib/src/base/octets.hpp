/// Octets read and written within bounds: big-endian numbers, and no octet behind the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace evt::detail {

inline std::uint8_t octet_at(std::span<const std::byte> data, std::size_t at) noexcept {
  return std::to_integer<std::uint8_t>(data[at]);
}

/// Reads from the front of what is left. A read of more than that gives 0 or nothing, takes all, and failed() is true
/// from then on: one look at the end is enough.
class OctetReader {
 public:
  explicit OctetReader(std::span<const std::byte> data) noexcept : data_(data) {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u48() noexcept { return number(6); }
  std::uint64_t u64() noexcept { return number(8); }
  std::span<const std::byte> take(std::size_t size) noexcept {
    if (left() < size) {
      fail();
      return {};
    }
    at_ += size;
    return data_.subspan(at_ - size, size);
  }
  std::span<const std::byte> rest() noexcept { return take(left()); }

  std::size_t at() const noexcept { return at_; }
  std::size_t left() const noexcept { return data_.size() - at_; }
  bool failed() const noexcept { return failed_; }
  void fail() noexcept {
    at_ = data_.size();
    failed_ = true;
  }

 private:
  std::uint64_t number(std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::byte octet : take(size))
      value = value << 8 | std::to_integer<std::uint64_t>(octet);
    return value;
  }

  std::span<const std::byte> data_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// Writes into what it was given. What does not fit is not written at all, nor what comes after it.
class OctetWriter {
 public:
  explicit OctetWriter(std::span<std::byte> target) noexcept : target_(target) {}

  void number(std::uint64_t value, std::size_t size) noexcept {
    std::span<std::byte> place = take(size);
    for (std::size_t i = place.size(); i-- > 0; value >>= 8)
      place[i] = static_cast<std::byte>(value & 0xff);
  }
  void bytes(std::span<const std::byte> data) noexcept {
    std::span<std::byte> place = take(data.size());
    if (!place.empty()) std::memcpy(place.data(), data.data(), place.size());
  }
  /// Room to be filled by the caller; empty where there is none.
  std::span<std::byte> take(std::size_t size) noexcept {
    if (failed_ || target_.size() - size_ < size) {
      failed_ = true;
      return {};
    }
    size_ += size;
    return target_.subspan(size_ - size, size);
  }

  std::size_t size() const noexcept { return size_; }
  bool failed() const noexcept { return failed_; }
  std::span<std::byte> written() const noexcept { return target_.first(size_); }

 private:
  std::span<std::byte> target_;
  std::size_t size_ = 0;
  bool failed_ = false;
};

}  // namespace evt::detail
