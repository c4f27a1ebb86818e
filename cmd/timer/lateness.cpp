/// The histogram's octaves, as bars of at most forty columns.
#include "timer/lateness.hpp"

#include <algorithm>
#include <bit>

namespace evtool::timer {
namespace {

constexpr std::uint64_t bar_columns = 40;

/// Eighths of a column where blocks may be drawn; what is not nothing shows.
std::string bar(std::uint64_t part, std::uint64_t whole, bool blocks) {
  const auto eighths = std::max<std::uint64_t>(part * bar_columns * 8 / whole, part > 0 ? 1 : 0);
  if (!blocks) return std::string((eighths + 7) / 8, '#');
  constexpr const char* ends[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string text;
  for (std::uint64_t column = 0; column < eighths / 8; ++column)
    text += "█";
  return text + ends[eighths % 8];
}

std::string right_aligned(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

}  // namespace

std::string Lateness::phrase() const {
  const auto shown = [](std::uint64_t ns) { return show_duration(Duration{static_cast<std::int64_t>(ns)}); };
  return "p50 " + shown(late_ns_.percentile(50)) + ", p99 " + shown(late_ns_.percentile(99)) + ", max " +
         shown(late_ns_.max());
}

std::string Lateness::drawing(bool blocks) const {
  std::string text;
  if (count() == 0) return text;
  const auto first = static_cast<int>(std::bit_width(late_ns_.min() | 1));
  const auto last = static_cast<int>(std::bit_width(late_ns_.max() | 1));
  std::uint64_t most = 0;
  for (int octave = first; octave <= last; ++octave)
    most = std::max(most, late_ns_.count_in_octave(octave));
  for (int octave = first; octave <= last; ++octave) {
    const auto part = late_ns_.count_in_octave(octave);
    const auto edge = Duration{static_cast<std::int64_t>((std::uint64_t{1} << (octave - 1)) * 2 - 1)};
    text += right_aligned("<= " + show_duration(edge), 12) + right_aligned(std::to_string(part), 10);
    text.append(1, ' ').append(bar(part, most, blocks)).append(1, '\n');
  }
  return text;
}

void Lateness::write(Json& json) const {
  json.begin_object().key("count").number(count()).key("min_ns").number(late_ns_.min());
  json.key("p50_ns").number(late_ns_.percentile(50)).key("p99_ns").number(late_ns_.percentile(99));
  json.key("max_ns").number(late_ns_.max()).end_object();
}

}  // namespace evtool::timer
