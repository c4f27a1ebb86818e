/// Names that are never asked about (RFC 6761, RFC 7686).
#pragma once

#include <cstdint>
#include <string_view>

namespace evt::dns {

/// loopback: localhost and all below it, 127.0.0.1 and ::1. missing: .invalid and .onion, and all below them: there
/// is no such name, and no server is to see the question.
enum class SpecialName : std::uint8_t { none, loopback, missing };

/// Without case, with or without a dot at the end. /etc/hosts is asked before.
SpecialName special_name(std::string_view name) noexcept;

}  // namespace evt::dns
