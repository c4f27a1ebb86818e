/// The line that --stats prints, as `name=value` so that people and scripts can read it.
#include "recorder.hpp"
#include <evt/loop.hpp>

#include <sys/resource.h>

namespace evtool {
namespace {

void append(std::string& line, std::string_view name, std::uint64_t value) {
  line.append(line.empty() ? "" : " ").append(name).append("=").append(std::to_string(value));
}

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
}

std::string operations_by_type(const evt::Statistics& statistics) {
  std::string text;
  for (std::size_t index = 0; index < statistics.operations.size(); ++index) {
    if (statistics.operations[index] == 0) continue;
    text.append(text.empty() ? "" : ",").append(evt::name_of(static_cast<evt::Operation>(index)));
    text.append(":").append(std::to_string(statistics.operations[index]));
  }
  return text.empty() ? "none" : text;
}

std::string loop_part(const evt::Loop& loop) {
  const auto statistics = loop.statistics();
  std::string line = std::string("backend=").append(evt::name_of(loop.backend()));
  line.append(" reason=\"").append(loop.backend_reason()).append("\"");
  line.append(" operations=").append(operations_by_type(statistics));
  append(line, "kernel_entries", statistics.kernel_entries);
  append(line, "pool_jobs", statistics.pool_jobs);
  append(line, "bytes_read", statistics.bytes_read);
  append(line, "bytes_written", statistics.bytes_written);
  return line;
}

}  // namespace

std::string statistics_line(const evt::Loop* loop, const Histogram& latencies_ns) {
  std::string line = loop == nullptr ? R"(backend=none reason="no loop was needed")" : loop_part(*loop);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  append(line, "user_us", microseconds(used.ru_utime));
  append(line, "system_us", microseconds(used.ru_stime));
  append(line, "requests", latencies_ns.count());
  append(line, "p50_ns", latencies_ns.percentile(50));
  append(line, "p99_ns", latencies_ns.percentile(99));
  return line;
}

}  // namespace evtool
