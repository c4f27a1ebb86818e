/// Whether the data of a record is what its type wants.
#pragma once

#include <evt/dns/type.hpp>

#include <cstddef>
#include <span>

namespace evt::dns {

/// Data from `begin` to `end` of `message`. Null, or why it is wrong.
const char* check_rdata(const char* fields, std::span<const std::byte> message, std::size_t begin,
                        std::size_t end) noexcept;

}  // namespace evt::dns
