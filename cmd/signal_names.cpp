/// The C library knows the names; the real-time signals are counted from both ends.
#include "signal_names.hpp"

#include <csignal>
#include <cstring>

namespace evtool {
namespace {

constexpr std::string_view unknown = "is no signal";

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& byte : upper) {
    if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
  }
  return upper;
}

Parsed<Signal> numbered(std::string_view text) {
  const auto number = parse_count(text);
  if (!number) return std::unexpected(number.error());
  // What a shell says of a command that a signal ended.
  const std::uint64_t signal = *number > 128 ? *number - 128 : *number;
  if (signal > static_cast<std::uint64_t>(SIGRTMAX)) return std::unexpected(unknown);
  return Signal{static_cast<int>(signal)};
}

/// What follows RTMIN or RTMAX: nothing, or a distance into the range.
Parsed<Signal> real_time(std::string_view distance, int from, char direction) {
  if (distance.empty()) return Signal{from};
  if (distance[0] != direction) return std::unexpected(unknown);
  const auto count = parse_count(distance.substr(1));
  if (!count || *count > static_cast<std::uint64_t>(SIGRTMAX - SIGRTMIN)) return std::unexpected(unknown);
  const int steps = static_cast<int>(*count);
  return Signal{direction == '+' ? from + steps : from - steps};
}

}  // namespace

Parsed<Signal> parse_signal(std::string_view text) {
  if (text.empty()) return std::unexpected(unknown);
  if (text[0] >= '0' && text[0] <= '9') return numbered(text);
  const std::string upper = upper_case(text);
  std::string_view name = upper;
  if (name.starts_with("SIG")) name.remove_prefix(3);
  if (name.starts_with("RTMIN")) return real_time(name.substr(5), SIGRTMIN, '+');
  if (name.starts_with("RTMAX")) return real_time(name.substr(5), SIGRTMAX, '-');
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) return Signal{number};
  }
  return std::unexpected(unknown);
}

std::string signal_name(int number) {
  if (number > 0 && number < SIGRTMIN) {
    const char* known = ::sigabbrev_np(number);
    if (known != nullptr) return known;
  }
  if (number == SIGRTMIN) return "RTMIN";
  if (number > SIGRTMIN && number <= SIGRTMAX) return "RTMIN+" + std::to_string(number - SIGRTMIN);
  return std::to_string(number);
}

}  // namespace evtool
