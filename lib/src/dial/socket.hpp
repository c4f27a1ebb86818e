/// A socket as Dial's options want it.
#pragma once

#include <evt/dial.hpp>

namespace evt::detail {

/// Made, bound and set up for a connection to `to`.
Result<Fd> open_for(const Address& to, const DialOptions& options) noexcept;

}  // namespace evt::detail
