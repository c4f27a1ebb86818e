/// Signals as people write them, and as we write them to people.
#pragma once

#include "convert.hpp"

#include <string>
#include <string_view>

namespace evtool {

/// A signal to send. 0 sends none.
struct Signal {
  int number = 0;
  bool operator==(const Signal&) const = default;
};

/// `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+3`, `RTMAX-1`, `0`, and the exit codes of shells: `143`.
Parsed<Signal> parse_signal(std::string_view text);

/// "TERM", "RTMIN+3", or the number of what has no name.
std::string signal_name(int number);

inline Refusal convert(std::string_view text, Signal& target) {
  return take(parse_signal(text), target, "a signal such as TERM, SIGKILL or 9");
}

}  // namespace evtool
