/// The checks behind the field letters; whole layouts are in check_layouts.cpp. Everything that prints leans on them.
#include "dns/check.hpp"

#include "dns/checker.hpp"

#include <algorithm>

namespace evt::dns {

namespace {

constexpr const char* data_ends_early = "dns: the data of a record ends early";
constexpr const char* data_left_over = "dns: more data in a record than its type has";
constexpr const char* bad_bitmap = "dns: a bitmap of types that is none";
constexpr const char* bad_tag = "dns: a tag that is none";
constexpr const char* bad_digest = "dns: a digest of a wrong size";
constexpr const char* bad_text = "dns: a string that is not what its type wants";

bool is_digit(std::byte octet) noexcept {
  return octet >= std::byte{'0'} && octet <= std::byte{'9'};
}

std::size_t fixed_size(char letter) noexcept {
  switch (letter) {
    case '1':
    case 'A':
    case 'm':
    case 'w':
      return 1;
    case '2':
    case 'T':
    case 'R':
    case 'C':
    case 'K':
    case 'O':
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

}  // namespace

const char* check_rdata(const char* fields, std::span<const std::byte> message, std::size_t begin,
                        std::size_t end) noexcept {
  return Checker(message, begin, end).run(fields);
}

const char* Checker::run(const char* fields) noexcept {
  for (; *fields != '\0' && wrong_ == nullptr; ++fields)
    field(*fields);
  if (wrong_ != nullptr) return wrong_;
  if (reader_.failed()) return data_ends_early;
  return reader_.left() == 0 ? nullptr : data_left_over;
}

void Checker::field(char letter) noexcept {
  if (std::size_t size = fixed_size(letter); size != 0) return void(reader_.take(size));
  if (letter == 'n') return name(Compression::allowed);
  if (letter == 'N') return name(Compression::forbidden);
  if (!string(letter) && !rest(letter)) layout(letter);
}

/// What begins with its size.
bool Checker::string(char letter) noexcept {
  switch (letter) {
    case 's':
    case 'l':
      reader_.take(reader_.u8());
      return true;
    case 'o':
      if (reader_.left() != 0) reader_.take(reader_.u8());
      return true;
    case 'i': {
      auto text = reader_.take(reader_.u8());
      if (!reader_.failed() && (text.size() < 4 || !std::ranges::all_of(text, is_digit))) refuse(bad_text);
      return true;
    }
    case 'j':
      some(reader_.take(reader_.u8()));
      return true;
    case 'k':
      tag();
      return true;
    default:
      return false;
  }
}

/// What goes up to the end.
bool Checker::rest(char letter) noexcept {
  switch (letter) {
    case 'S':
      do
        reader_.take(reader_.u8());
      while (reader_.left() != 0);
      return true;
    case 'h':
    case 'b':
    case 'x':
      some(reader_.rest());
      return true;
    case 'q':
    case 'H':
    case 'Z':
    case 'v':
      reader_.rest();
      return true;
    case 'd':
    case 'f':
    case 'z':
      digest(letter);
      return true;
    case 'B':
      if (reader_.left() == 0) reader_.fail();
      bitmap();
      return true;
    case 'M':
      bitmap();
      return true;
    case 'V':
      old_bitmap();
      return true;
    default:
      return false;
  }
}

void Checker::name(Compression compression) noexcept {
  const std::size_t limit = reader_.at() + reader_.left();
  LabelWalk walk(message_, reader_.at(), limit, compression);
  while (!walk.next().empty()) {
  }
  wrong_ = walk.failure() == reason::ends_early ? data_ends_early : walk.failure();
  if (wrong_ == nullptr) reader_.take(walk.end() - reader_.at());
}

void Checker::tag() noexcept {
  auto letters = reader_.take(reader_.u8());
  if (letters.empty()) refuse(bad_tag);
  for (std::byte octet : letters) {
    const std::byte letter = lower(octet);
    const bool alphabetic = letter >= std::byte{'a'} && letter <= std::byte{'z'};
    if (!alphabetic && !is_digit(letter)) refuse(bad_tag);
  }
}

/// RFC 4034 §4.1.2: blocks in order, none empty, no zeros at the end of one.
void Checker::bitmap() noexcept {
  int last = -1;
  while (reader_.left() != 0) {
    const int block = reader_.u8();
    auto bits = reader_.take(reader_.u8());
    if (block <= last || bits.size() > 32 || bits.empty() || bits.back() == std::byte{0}) return refuse(bad_bitmap);
    last = block;
  }
}

/// RFC 2535 §5.2: types up to 127, and none means a future format.
void Checker::old_bitmap() noexcept {
  auto bits = reader_.rest();
  if (bits.empty()) return;
  const bool future = (bits[0] & std::byte{0x80}) != std::byte{0};
  if (future || bits.size() > 16 || bits.back() == std::byte{0}) refuse(bad_bitmap);
}

void Checker::digest(char letter) noexcept {
  struct Size {
    char letter;
    std::uint8_t kind;
    std::size_t octets;
  };
  static constexpr Size sizes[] = {{'d', 1, 20}, {'d', 2, 32}, {'d', 4, 48}, {'f', 1, 20},
                                   {'f', 2, 32}, {'z', 1, 48}, {'z', 2, 64}};
  if (reader_.failed()) return;
  const std::uint8_t kind = detail::octet_at(message_, reader_.at() - 1);
  auto octets = letter == 'f' ? reader_.rest() : some(reader_.rest());  // As dig has it, a fingerprint may be none.
  if (letter == 'z' && octets.size() < 12) refuse(bad_digest);
  for (const Size& size : sizes) {
    if (size.letter == letter && size.kind == kind && size.octets != octets.size()) refuse(bad_digest);
  }
}

}  // namespace evt::dns
