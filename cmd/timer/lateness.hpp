/// How late the timer was, each time it was due: in one phrase, as a histogram, and as JSON.
#pragma once

#include "histogram.hpp"
#include "json.hpp"
#include "units.hpp"

#include <string>

namespace evtool::timer {

class Lateness {
 public:
  void record(Duration late) { late_ns_.record(static_cast<std::uint64_t>(late.count() < 0 ? 0 : late.count())); }
  std::uint64_t count() const { return late_ns_.count(); }

  /// "p50 52.1 us, p99 110 us, max 301 us"
  std::string phrase() const;

  /// A line for every power of two, each with its newline. `blocks`: bars for a terminal, instead of plain ASCII.
  std::string drawing(bool blocks) const;

  void write(Json& json) const;

 private:
  Histogram late_ns_;
};

}  // namespace evtool::timer
