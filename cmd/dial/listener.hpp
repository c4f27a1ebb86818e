/// dial -l: waits for one connection, or for one sender of datagrams.
#pragma once

#include "context.hpp"
#include "dial/settings.hpp"
#include <evt/address.hpp>
#include <evt/fd.hpp>
#include <evt/loop.hpp>

#include <expected>

namespace evtool::dial {

/// What came, connected to whoever it is. Failures were said.
std::expected<evt::Fd, Exit> accept_one(Context& context, const Settings& settings, evt::Loop& loop,
                                        const evt::Address& address);

}  // namespace evtool::dial
