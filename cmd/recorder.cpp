/// Trace events by the "Trace Event Format" of Chrome, which Perfetto reads too: an asynchronous begin and end for
/// every request. The array format needs no end, so the trace of a run that was killed still loads.
#include "recorder.hpp"

#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace evtool {
namespace {

constexpr std::size_t flush_bytes = std::size_t{64} * 1024;

/// Microseconds with three decimals: the unit of the format, and every nanosecond.
std::string microseconds(evt::nanoseconds time) {
  const auto rest = time.count() % 1000;
  const char decimals[] = {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
  return std::to_string(time.count() / 1000).append(decimals, sizeof decimals);
}

}  // namespace

Recorder::Recorder() : process_(std::to_string(::getpid())) {}

void Recorder::trace_to(evt::Fd file) {
  trace_ = std::move(file);
  buffer_.assign(1, '[');
}

/// Writes everything up to the inside of the event's arguments.
void Recorder::begin_event(const evt::Observation& observation, char phase) {
  if (buffer_.size() >= flush_bytes) flush();
  const auto time = phase == 'b' ? observation.submitted : observation.completed;
  buffer_.append(buffer_ == "[" ? "\n" : ",\n").append(R"({"cat":"request","name":")");
  buffer_.append(name_of(observation.operation)).append(R"(","ph":")").append(1, phase);
  buffer_.append(R"(","id":)").append(std::to_string(observation.id)).append(R"(,"ts":)").append(microseconds(time));
  buffer_.append(R"(,"pid":)").append(process_).append(R"(,"tid":)").append(process_).append(R"(,"args":{)");
}

void Recorder::submitted(const evt::Observation& observation) {
  if (!trace_) return;
  begin_event(observation, 'b');
  if (observation.fd >= 0) buffer_.append(R"("fd":)").append(std::to_string(observation.fd));
  buffer_.append("}}");
}

void Recorder::completed(const evt::Observation& observation) {
  const auto latency = observation.completed - observation.submitted;
  latencies_ns_.record(latency.count() < 0 ? 0 : static_cast<std::uint64_t>(latency.count()));
  if (!trace_) return;
  begin_event(observation, 'e');
  buffer_.append(R"("result":)").append(std::to_string(observation.result));
  const char* name = observation.result < 0 ? ::strerrorname_np(static_cast<int>(-observation.result)) : nullptr;
  if (name != nullptr) buffer_.append(R"(,"error":")").append(name).append("\"");
  buffer_.append("}}");
}

void Recorder::flush() {
  if (trace_error_ == 0) trace_error_ = write_all(trace_.get(), buffer_);
  buffer_.clear();
}

int Recorder::close_trace() {
  if (!trace_) return 0;
  buffer_ += "\n]\n";
  flush();
  if (::close(trace_.release()) != 0 && trace_error_ == 0) trace_error_ = errno;
  return trace_error_;
}

}  // namespace evtool
