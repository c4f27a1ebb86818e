/// The checks behind the field letters. Everything that prints data leans on them.
#include "dns/check.hpp"

#include "dns/labels.hpp"

namespace evt::dns {

namespace {

constexpr const char* data_ends_early = "dns: the data of a record ends early";
constexpr const char* data_left_over = "dns: more data in a record than its type has";
constexpr const char* bad_bitmap = "dns: a bitmap of types that is none";
constexpr const char* bad_parameters = "dns: service parameters out of order";
constexpr const char* bad_tag = "dns: a tag that is none";

class Checker {
 public:
  Checker(std::span<const std::byte> message, std::size_t begin, std::size_t end) noexcept
      : message_(message), reader_(message.first(end)) {
    reader_.take(begin);
  }

  const char* run(const char* fields) noexcept {
    for (; *fields != '\0' && wrong_ == nullptr; ++fields)
      field(*fields);
    if (wrong_ != nullptr) return wrong_;
    if (reader_.failed()) return data_ends_early;
    return reader_.left() == 0 ? nullptr : data_left_over;
  }

 private:
  void field(char letter) noexcept {
    if (std::size_t size = fixed_size(letter); size != 0) return void(reader_.take(size));
    switch (letter) {
      case 'n':
        return name(Compression::allowed);
      case 'N':
        return name(Compression::forbidden);
      case 's':
      case 'l':
        return void(reader_.take(reader_.u8()));
      case 'o':
        if (reader_.left() != 0) reader_.take(reader_.u8());
        return;
      case 'S':
        do
          reader_.take(reader_.u8());
        while (reader_.left() != 0);
        return;
      case 'j':
        return some(reader_.take(reader_.u8()));
      case 'k':
        return tag();
      case 'h':
      case 'b':
      case 'q':
      case 'x':
        return some(reader_.rest());
      case 'H':
      case 'Z':
        return void(reader_.rest());
      case 'B':
        if (reader_.left() == 0) return reader_.fail();
        [[fallthrough]];
      case 'M':
        return bitmap();
      default:
        return layout(letter);
    }
  }

  static std::size_t fixed_size(char letter) noexcept {
    switch (letter) {
      case '1':
      case 'A':
        return 1;
      case '2':
      case 'T':
      case 'C':
      case 'K':
        return 2;
      case '4':
      case 't':
      case 'a':
      case 'D':
        return 4;
      case 'e':
        return 6;
      case 'g':
      case 'E':
        return 8;
      case '6':
        return 16;
      default:
        return 0;
    }
  }

  void layout(char letter) noexcept {
    switch (letter) {
      case 'L':
        return void(reader_.take(16));
      case 'G':
        return gateway(octet_before(2));
      case 'Y':
        reader_.u8();
        return gateway(reader_.u8() & 0x7f);
      case 'I':
        return host_identity();
      case 'Q':
        return prefixes();
      case 'P':
        return parameters();
      default:
        reader_.fail();
    }
  }

  void some(std::span<const std::byte> data) noexcept {
    if (data.empty()) reader_.fail();
  }

  std::uint8_t octet_before(std::size_t distance) const noexcept {
    return detail::octet_at(message_, reader_.at() - distance);
  }

  void name(Compression compression) noexcept {
    const std::size_t limit = reader_.at() + reader_.left();
    LabelWalk walk(message_, reader_.at(), limit, compression);
    while (!walk.next().empty()) {
    }
    wrong_ = walk.failure() == reason::ends_early ? data_ends_early : walk.failure();
    if (wrong_ == nullptr) reader_.take(walk.end() - reader_.at());
  }

  void tag() noexcept {
    auto letters = reader_.take(reader_.u8());
    if (letters.empty()) wrong_ = bad_tag;
    for (std::byte octet : letters) {
      const std::byte letter = lower(octet);
      const bool alphabetic = letter >= std::byte{'a'} && letter <= std::byte{'z'};
      if (!alphabetic && (letter < std::byte{'0'} || letter > std::byte{'9'})) wrong_ = bad_tag;
    }
  }

  /// RFC 4034 §4.1.2: blocks in order, none empty, no zeros at the end of one.
  void bitmap() noexcept {
    int last = -1;
    while (reader_.left() != 0) {
      const int block = reader_.u8();
      const std::size_t size = reader_.u8();
      auto bits = reader_.take(size);
      if (block <= last || size == 0 || size > 32 || bits.empty() || bits.back() == std::byte{0}) {
        wrong_ = bad_bitmap;
        return;
      }
      last = block;
    }
  }

  /// RFC 4025 §2.3, RFC 8777 §4.2.3: nothing, an address or a name.
  void gateway(unsigned kind) noexcept {
    if (reader_.failed()) return;
    if (kind == 1) reader_.take(4);
    if (kind == 2) reader_.take(16);
    if (kind == 3) name(Compression::forbidden);
    if (kind > 3) reader_.rest();
  }

  /// RFC 8005 §5.
  void host_identity() noexcept {
    const std::size_t tag_size = reader_.u8();
    reader_.u8();
    const std::size_t key_size = reader_.u16();
    some(reader_.take(tag_size));
    some(reader_.take(key_size));
    while (reader_.left() != 0 && wrong_ == nullptr)
      name(Compression::forbidden);
  }

  /// RFC 3123 §4.
  void prefixes() noexcept {
    while (reader_.left() != 0) {
      const unsigned family = reader_.u16();
      const unsigned prefix = reader_.u8();
      const unsigned size = reader_.u8() & 0x7fU;
      auto octets = reader_.take(size);
      const unsigned bits = family == 1 ? 32 : family == 2 ? 128 : 255;
      if (prefix > bits || size > (bits + 7) / 8) wrong_ = "dns: a prefix longer than its address";
      if (!octets.empty() && octets.back() == std::byte{0}) wrong_ = "dns: a prefix with zeros at its end";
    }
  }

  /// RFC 9460 §2.2: by number, each at most once. No alias has any.
  void parameters() noexcept {
    int last = -1;
    while (reader_.left() != 0) {
      const int number = reader_.u16();
      reader_.take(reader_.u16());
      if (reader_.failed()) return;
      if (number <= last) wrong_ = bad_parameters;
      last = number;
    }
  }

  std::span<const std::byte> message_;
  detail::OctetReader reader_;
  const char* wrong_ = nullptr;
};

}  // namespace

const char* check_rdata(const char* fields, std::span<const std::byte> message, std::size_t begin,
                        std::size_t end) noexcept {
  return Checker(message, begin, end).run(fields);
}

}  // namespace evt::dns
