/// match: a reply is held against what was sent, octet by octet.
#include <evt/dns/match.hpp>

#include <algorithm>

namespace evt::dns {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t type_and_class = 4;

unsigned at(std::span<const std::byte> message, std::size_t index) noexcept {
  return std::to_integer<unsigned>(message[index]);
}

unsigned number_at(std::span<const std::byte> message, std::size_t index) noexcept {
  return at(message, index) << 8U | at(message, index + 1);
}

unsigned question_count(std::span<const std::byte> message) noexcept {
  return number_at(message, 4);
}
unsigned opcode(std::span<const std::byte> message) noexcept {
  return at(message, 2) >> 3U & 15U;
}
unsigned rcode(std::span<const std::byte> message) noexcept {
  return at(message, 3) & 15U;
}
bool is_reply(std::span<const std::byte> message) noexcept {
  return (at(message, 2) & 0x80U) != 0;
}

std::byte folded(std::byte octet) noexcept {
  return octet >= std::byte{'A'} && octet <= std::byte{'Z'} ? octet | std::byte{0x20} : octet;
}

/// Length octets, types and classes are below the letters or fall together only with what differs by 0x20: a type or
/// class is compared exactly, which is why this takes names only.
bool same_name(std::span<const std::byte> one, std::span<const std::byte> other) noexcept {
  return std::ranges::equal(one, other, {}, folded, folded);
}

/// The size of the name at the front, with its final zero; 0 where it is cut or compressed.
std::size_t name_size(std::span<const std::byte> rest) noexcept {
  std::size_t size = 0;
  while (size < rest.size() && rest[size] != std::byte{0}) {
    if (at(rest, size) > 63) return 0;
    size += at(rest, size) + 1;
  }
  return size < rest.size() ? size + 1 : 0;
}

enum class Likeness : std::uint8_t { same, other_case, different };

Likeness compare(std::span<const std::byte> reply, std::span<const std::byte> sent) noexcept {
  if (reply.size() < sent.size()) return Likeness::different;
  reply = reply.first(sent.size());
  if (std::ranges::equal(reply, sent)) return Likeness::same;
  while (!sent.empty()) {
    const std::size_t name = name_size(sent);
    if (!same_name(sent.first(name), reply.first(name))) return Likeness::different;
    if (!std::ranges::equal(sent.subspan(name, type_and_class), reply.subspan(name, type_and_class)))
      return Likeness::different;
    sent = sent.subspan(name + type_and_class);
    reply = reply.subspan(name + type_and_class);
  }
  return Likeness::other_case;
}

/// The question section without the header; nothing where it is cut or has compressed names.
std::span<const std::byte> question_of(std::span<const std::byte> message) noexcept {
  if (message.size() < header_size) return {};
  std::span<const std::byte> rest = message.subspan(header_size);
  std::size_t total = 0;
  for (unsigned left = question_count(message); left > 0; --left) {
    const std::size_t size = name_size(rest.subspan(total));
    if (size == 0 || rest.size() - total - size < type_and_class) return {};
    total += size + type_and_class;
  }
  return rest.first(total);
}

bool speaks_without_question(std::span<const std::byte> reply) noexcept {
  constexpr unsigned name_error = 3;
  return question_count(reply) == 0 && rcode(reply) != 0 && rcode(reply) != name_error;
}

}  // namespace

Match match(std::span<const std::byte> reply, std::span<const std::byte> sent) noexcept {
  if (reply.size() < header_size || sent.size() < header_size) return Match::foreign;
  if (!is_reply(reply) || opcode(reply) != opcode(sent)) return Match::foreign;
  const bool same_id = std::ranges::equal(reply.first(2), sent.first(2));
  Likeness likeness = Likeness::same;
  if (question_count(reply) == question_count(sent)) {
    likeness = compare(reply.subspan(header_size), question_of(sent));
  } else if (!speaks_without_question(reply)) {
    likeness = Likeness::different;
  }
  if (likeness == Likeness::different) return Match::foreign;
  if (!same_id) return Match::wrong_id;
  return likeness == Likeness::same ? Match::answer : Match::other_case;
}

}  // namespace evt::dns
