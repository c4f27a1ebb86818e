/// match: a reply is held against what was sent, octet by octet.
#include "dns/labels.hpp"
#include <evt/dns/match.hpp>
#include <evt/dns/message.hpp>

#include <algorithm>

namespace evt::dns {

namespace {

constexpr std::size_t type_and_class = 4;

/// The size of the name at the front, with its final zero; 0 where it is cut or compressed.
std::size_t name_size(std::span<const std::byte> rest) noexcept {
  std::size_t size = 0;
  while (size < rest.size() && rest[size] != std::byte{0}) {
    const std::size_t label = detail::octet_at(rest, size);
    if (label > Name::label_capacity) return 0;
    size += label + 1;
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
    if (!same_letters(sent.first(name), reply.first(name))) return Likeness::different;
    if (!std::ranges::equal(sent.subspan(name, type_and_class), reply.subspan(name, type_and_class)))
      return Likeness::different;
    sent = sent.subspan(name + type_and_class);
    reply = reply.subspan(name + type_and_class);
  }
  return Likeness::other_case;
}

/// The question section without the header; nothing where it is cut or has compressed names.
std::span<const std::byte> question_of(std::span<const std::byte> message, const Header& header) noexcept {
  const std::span<const std::byte> rest = message.subspan(Header::size);
  std::size_t total = 0;
  for (unsigned left = header.count(Section::question); left > 0; --left) {
    const std::size_t size = name_size(rest.subspan(total));
    if (size == 0 || rest.size() - total - size < type_and_class) return {};
    total += size + type_and_class;
  }
  return rest.first(total);
}

bool speaks_without_question(const Header& reply) noexcept {
  const bool denies = reply.rcode() == Rcode::nxdomain;
  return reply.count(Section::question) == 0 && reply.rcode() != Rcode::noerror && !denies;
}

}  // namespace

Match match(std::span<const std::byte> reply, std::span<const std::byte> sent) noexcept {
  const auto theirs = Header::parse(reply);
  const auto ours = Header::parse(sent);
  if (!theirs || !ours) return Match::foreign;
  if (!theirs->response() || theirs->opcode() != ours->opcode()) return Match::foreign;
  Likeness likeness = Likeness::same;
  if (theirs->count(Section::question) == ours->count(Section::question)) {
    likeness = compare(reply.subspan(Header::size), question_of(sent, *ours));
  } else if (!speaks_without_question(*theirs)) {
    likeness = Likeness::different;
  }
  if (likeness == Likeness::different) return Match::foreign;
  if (theirs->id() != ours->id()) return Match::wrong_id;
  return likeness == Likeness::same ? Match::answer : Match::other_case;
}

}  // namespace evt::dns
