/// A question as the message that asks it.
#pragma once

#include <evt/dns/cookie.hpp>
#include <evt/dns/query.hpp>
#include <evt/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace evt::dns::detail {

/// What changes from try to try.
struct TryFields {
  std::uint16_t id = 0;
  bool edns = true;
  std::optional<ClientCookie> client_cookie;
  std::span<const std::byte> server_cookie;
};

/// The octets of the message, at the front of `target`. Errors: EMSGSIZE.
Result<std::size_t> compose(std::span<std::byte> target, const Topic& topic, const QueryOptions& options,
                            const TryFields& fields) noexcept;

}  // namespace evt::dns::detail
