/// Message: a DNS message read where it lies. Parsed once, which checks all of it; afterwards nothing can fail.
#pragma once

#include <evt/address.hpp>
#include <evt/dns/edns.hpp>
#include <evt/dns/name.hpp>
#include <evt/dns/type.hpp>
#include <evt/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

namespace evt::dns {

enum class Section : std::uint8_t { question, answer, authority, additional };

/// The first twelve octets. Counts are claims.
class Header {
 public:
  static constexpr std::size_t size = 12;

  /// Errors: EBADMSG for fewer than twelve octets.
  static Result<Header> parse(std::span<const std::byte> message) noexcept;

  std::uint16_t id() const noexcept { return words_[0]; }
  std::uint16_t flags() const noexcept { return words_[1]; }  ///< The second word as it is.
  bool response() const noexcept { return bit(15); }          ///< QR
  Opcode opcode() const noexcept { return static_cast<Opcode>(words_[1] >> 11 & 15); }
  bool authoritative() const noexcept { return bit(10); }       ///< AA
  bool truncated() const noexcept { return bit(9); }            ///< TC
  bool recursion_desired() const noexcept { return bit(8); }    ///< RD
  bool recursion_available() const noexcept { return bit(7); }  ///< RA
  bool reserved() const noexcept { return bit(6); }             ///< Z
  bool authentic_data() const noexcept { return bit(5); }       ///< AD
  bool checking_disabled() const noexcept { return bit(4); }    ///< CD
  /// The four bits of the header; Message::rcode() knows all twelve.
  Rcode rcode() const noexcept { return static_cast<Rcode>(words_[1] & 15); }
  std::uint16_t count(Section section) const noexcept { return words_[2 + static_cast<std::size_t>(section)]; }

 private:
  bool bit(unsigned number) const noexcept { return (words_[1] >> number & 1) != 0; }

  std::array<std::uint16_t, 6> words_{};
};

/// Where a name stands in a message; the name itself is put together when asked for.
class NameView {
 public:
  NameView() noexcept = default;
  NameView(std::span<const std::byte> message, std::size_t offset) noexcept : message_(message), offset_(offset) {}

  Name name() const noexcept;
  bool operator==(const Name& other) const noexcept;
  /// As Name::append_text().
  void append_text(std::string& out) const;

 private:
  std::span<const std::byte> message_;
  std::size_t offset_ = 0;
};

struct Question {
  NameView name;
  Type type{};
  Class cls{};
};

/// A record of a parsed Message; borrows its bytes.
struct Record {
  NameView owner;
  Type type{};
  Class cls{};
  std::uint32_t ttl = 0;
  std::span<const std::byte> rdata;    ///< Names in it may be compressed: see name().
  std::span<const std::byte> message;  ///< What compressed names in `rdata` lead to.

  /// The address of an A or AAAA record, nothing of any other.
  std::optional<Address> address(std::uint16_t port) const noexcept;
  /// The name that the record leads to (CNAME, DNAME, NS, PTR, MX, SRV, SVCB and all others that have one: the first
  /// name of its data), nothing where there is none.
  std::optional<Name> target() const noexcept;
  /// The name that begins at `offset` of the data. Errors: EBADMSG where none does.
  Result<Name> name(std::size_t offset) const noexcept;
  /// The number of 16 bits at `offset` of the data, 0 where the data is shorter.
  std::uint16_t word(std::size_t offset) const noexcept;
};

/// What a section yields, one after the other.
template <class T>
class Items {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() noexcept = default;
    Iterator(std::span<const std::byte> message, std::size_t offset, std::size_t count) noexcept
        : message_(message), offset_(offset), left_(count) {
      if (left_ != 0) read();
    }
    const T& operator*() const noexcept { return item_; }
    const T* operator->() const noexcept { return &item_; }
    Iterator& operator++() noexcept {
      if (--left_ != 0) read();
      return *this;
    }
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return left_ == 0; }

   private:
    void read() noexcept;

    std::span<const std::byte> message_;
    std::size_t offset_ = 0;
    std::size_t left_ = 0;
    T item_;
  };

  Items(std::span<const std::byte> message, std::size_t offset, std::size_t count) noexcept
      : message_(message), offset_(offset), count_(count) {}
  Iterator begin() const noexcept { return {message_, offset_, count_}; }
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept {
    return count_;
  }  ///< How many there are, which in a cut message is not the claim.

 private:
  std::span<const std::byte> message_;
  std::size_t offset_;
  std::size_t count_;
};

template <>
void Items<Question>::Iterator::read() noexcept;
template <>
void Items<Record>::Iterator::read() noexcept;

/// A checked message. Borrows the bytes it was parsed from, which must outlive it and everything it yields.
class Message {
 public:
  /// Checks everything once: names, that data is what its type wants (for types that rdata.hpp knows), that counts are
  /// met, at most one OPT. Takes time linear in the size, and allocates nothing. Errors: EBADMSG, with a reason. A
  /// message with TC that ends within a record is none: see cut().
  static Result<Message> parse(std::span<const std::byte> bytes) noexcept;

  const Header& header() const noexcept { return header_; }
  std::uint16_t id() const noexcept { return header_.id(); }
  Rcode rcode() const noexcept;
  /// The first question, nothing where there is none.
  std::optional<Question> question() const noexcept;
  Items<Question> questions() const noexcept { return {bytes_, Header::size, counts_[0]}; }
  Items<Record> answers() const noexcept { return records(Section::answer); }
  Items<Record> authorities() const noexcept { return records(Section::authority); }
  /// With the OPT record, where there is one.
  Items<Record> additionals() const noexcept { return records(Section::additional); }
  Items<Record> records(Section section) const noexcept;
  const std::optional<Edns>& edns() const noexcept { return edns_; }
  /// Whether it said TC and ended within a record: what comes before that is there.
  bool cut() const noexcept { return cut_; }
  /// Octets behind the last record, which mean nothing. dig warns and goes on.
  std::size_t trailing() const noexcept { return trailing_; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  friend class MessageParser;

  std::span<const std::byte> bytes_;
  Header header_;
  std::array<std::uint32_t, 4> offsets_{};
  std::array<std::uint16_t, 4> counts_{};
  std::optional<Edns> edns_;
  std::size_t trailing_ = 0;
  bool cut_ = false;
};

}  // namespace evt::dns
