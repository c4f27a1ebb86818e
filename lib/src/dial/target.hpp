/// Hosts that are addresses.
#pragma once

#include <evt/address.hpp>

#include <optional>
#include <string_view>

namespace evt::detail {

/// The address that `host` is, as text; nothing where it is a name. Errors: EINVAL where it is neither: what ends in a
/// number is nobody's name. ENODEV for an interface that is not there.
std::optional<Result<Address>> literal(std::string_view host, std::uint16_t port);

}  // namespace evt::detail
