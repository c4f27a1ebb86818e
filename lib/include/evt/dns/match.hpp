/// Whether a message answers the one that was sent: id, QR, opcode and question (RFC 5452 §9.1). Nothing else is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace evt::dns {

enum class Match : std::uint8_t {
  answer,
  wrong_id,    ///< All but the id: somebody guesses.
  other_case,  ///< The letters of the name are in another case than they were sent in.
  foreign,     ///< Something else.
};

/// Whether `reply`, of which nothing was checked yet, answers `sent`, a whole message. An error without a question is
/// an answer too: servers that could not read the question send it so. Allocates nothing.
Match match(std::span<const std::byte> reply, std::span<const std::byte> sent) noexcept;

}  // namespace evt::dns
