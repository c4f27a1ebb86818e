/// What a bulk run came to, in numbers and in one line.
#pragma once

#include "dnsq/verdict.hpp"
#include <evt/time.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace evtool::dnsq {

struct Tally {
  std::array<std::uint64_t, fate_count> fates{};
  std::uint64_t datagrams = 0;  ///< Questions sent over UDP.
  std::uint64_t streams = 0;    ///< Questions asked over TCP.
  std::uint64_t repeats = 0;    ///< Of all of them, those that were not the first of their line.

  void count(Fate fate) { ++fates[static_cast<std::size_t>(fate)]; }
  std::uint64_t records() const;
  Fate worst() const;
  /// "100 names in 1.2 s (83/s): 90 NOERROR, 10 NXDOMAIN; 100 over UDP, 0 over TCP, 2 asked again"
  std::string text(evt::nanoseconds elapsed) const;
};

}  // namespace evtool::dnsq
