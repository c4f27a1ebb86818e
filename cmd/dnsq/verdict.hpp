/// What questions came to, and the exit code that says so.
#pragma once

#include "exit.hpp"
#include <evt/dns/type.hpp>
#include <evt/result.hpp>

#include <cstdint>

namespace evtool::dnsq {

/// How one question ended, from good to bad; of several the worst counts.
enum class Fate : std::uint8_t { found, absent, refused, invalid, malformed, silent };
inline constexpr std::size_t fate_count = 6;

Fate fate_of(evt::dns::Rcode rcode);
/// Of a question that has no answer at all.
Fate fate_of(const evt::Error& error);

/// 0 NOERROR, 3 NXDOMAIN, 4 another rcode, 2 a line that is no question, 5 malformed reply, 9 no reply.
Exit exit_of(Fate worst);

/// "TIMEOUT", "MALFORMED" …: what stands where the rcode would.
const char* status_of(const evt::Error& error);

}  // namespace evtool::dnsq
