/// Tally: sums, and how people read them.
#include "dnsq/tally.hpp"

#include "units.hpp"

#include <fmt/core.h>

#include <numeric>
#include <string_view>

namespace evtool::dnsq {

namespace {
constexpr std::array<std::string_view, fate_count> names{"NOERROR", "NXDOMAIN",  "other",
                                                         "invalid", "malformed", "no reply"};
}  // namespace

std::uint64_t Tally::records() const {
  return std::accumulate(fates.begin(), fates.end(), std::uint64_t{0});
}

Fate Tally::worst() const {
  for (std::size_t i = fate_count; i-- > 0;)
    if (fates[i] != 0) return static_cast<Fate>(i);
  return Fate::found;
}

std::string Tally::text(evt::nanoseconds elapsed) const {
  const double seconds = std::max(1e-9, std::chrono::duration<double>(elapsed).count());
  std::string text = fmt::format("{} names in {} ({:.0f}/s)", records(), show_duration(elapsed),
                                 static_cast<double>(records()) / seconds);
  std::string_view mark = ": ";
  for (std::size_t i = 0; i < fate_count; ++i) {
    if (fates[i] == 0) continue;
    text.append(mark).append(fmt::format("{} {}", fates[i], names[i]));
    mark = ", ";
  }
  return text.append(fmt::format("; {} over UDP, {} over TCP, {} asked again", datagrams, streams, repeats));
}

}  // namespace evtool::dnsq
