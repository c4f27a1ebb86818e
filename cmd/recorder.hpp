/// The observer behind --stats and --trace: latencies into a histogram, requests into a trace file.
#pragma once

#include "histogram.hpp"
#include <evt/fd.hpp>
#include <evt/observer.hpp>

#include <string>

namespace evt {
class Loop;
}

namespace evtool {

class Recorder final : public evt::Observer {
 public:
  Recorder();

  /// Starts a trace in `file`.
  void trace_to(evt::Fd file);

  void submitted(const evt::Observation& observation) override;
  void completed(const evt::Observation& observation) override;

  /// Ends and writes out the trace, if there is one. Returns 0, or the errno of the first write that failed.
  int close_trace();

  const Histogram& latencies_ns() const { return latencies_ns_; }

 private:
  void begin_event(const evt::Observation& observation, char phase);
  void flush();

  Histogram latencies_ns_;
  evt::Fd trace_;
  std::string buffer_;
  std::string process_;  // Our pid, as text.
  int trace_error_ = 0;
};

/// One line for people and scripts: backend and why, operations by type, kernel entries, bytes, CPU, latencies. A
/// null `loop` means that the run made none.
std::string statistics_line(const evt::Loop* loop, const Histogram& latencies_ns);

}  // namespace evtool
