/// What every benchmark shares: the CPU clock, the command line, random numbers, and the one line of
/// JSON per figure that bench/run reads. No I/O library is known here.
#pragma once

#include "common/allocations.hpp"

#include <charconv>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

namespace bench {

/// CPU time of every thread of this process so far, the kernel's io_uring workers included.
inline std::uint64_t cpu_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

/// Ends the program with a message; a benchmark that could not do its work has no figure.
[[noreturn]] inline void fail(const char* operation, const char* reason) {
  std::fprintf(stderr, "%s: %s\n", operation, reason);
  std::exit(1);
}

/// xorshift64*: a few cycles a number, so that the generator does not hide what is measured.
class Random {
 public:
  /// A number in [0, bound), for bounds far below 2^32.
  std::uint64_t below(std::uint64_t bound) noexcept {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return (((state_ * 0x2545F4914F6CDD1DU) >> 32U) * bound) >> 32U;
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

/// `--name=VALUE` arguments, asked for by name. `finish()` refuses whatever nobody asked for.
class Arguments {
 public:
  Arguments(int count, char** values) : program_{values[0]} {
    for (int index = 1; index < count; ++index)
      unread_.emplace_back(values[index]);
  }

  std::string_view text(std::string_view name, std::string_view fallback) {
    for (auto argument = unread_.begin(); argument != unread_.end(); ++argument) {
      if (!argument->starts_with(name) || argument->size() == name.size()) continue;
      if ((*argument)[name.size()] != '=') continue;
      const std::string_view value = argument->substr(name.size() + 1);
      unread_.erase(argument);
      return value;
    }
    return fallback;
  }

  std::uint64_t number(std::string_view name, std::uint64_t fallback) {
    const std::string_view value = text(name, {});
    if (value.data() == nullptr) return fallback;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number == 0) usage(value);
    return number;
  }

  void finish() const {
    if (!unread_.empty()) usage(unread_.front());
  }

 private:
  [[noreturn]] void usage(std::string_view token) const {
    std::fprintf(stderr, "%s: unexpected '%.*s'\n", program_, static_cast<int>(token.size()), token.data());
    std::exit(2);
  }

  const char* program_;
  std::vector<std::string_view> unread_;
};

/// What an operation costs: CPU time and allocations since the meter was made.
class Meter {
 public:
  void stop() noexcept {
    cpu_ns_ = bench::cpu_ns() - cpu_ns_;
    allocations_ = bench::allocations() - allocations_;
  }
  [[nodiscard]] std::uint64_t cpu_ns() const noexcept { return cpu_ns_; }
  [[nodiscard]] std::uint64_t allocations() const noexcept { return allocations_; }

 private:
  std::uint64_t allocations_ = bench::allocations();
  std::uint64_t cpu_ns_ = bench::cpu_ns();  // Last: the clock starts when all else is ready.
};

/// One measured figure. `width` is the operations a turn or in flight, or the connections; 0 where it has no
/// meaning. `kernel_entries` are the system calls of the loop, 0 where nobody counted them. `bytes_each` is
/// the heap that one idle connection or armed timer holds; then there is no meter.
struct Figure {
  const char* bench;
  const char* variant;
  std::uint64_t width = 0;
  std::uint64_t operations;
  Meter meter{};
  std::uint64_t kernel_entries = 0;
  double bytes_each = 0;
};

inline void print(const Figure& figure) {
  const double operations = static_cast<double>(figure.operations);
  std::printf(
      R"({"bench":"%s","variant":"%s","width":%)" PRIu64 R"(,"operations":%)" PRIu64 R"(,"cpu_ns":%)" PRIu64
      R"(,"kernel_entries":%)" PRIu64 R"(,"allocations":%)" PRIu64 R"(,"cpu_ns_per_operation":%.2f,"bytes_each":%.1f})"
      "\n",
      figure.bench, figure.variant, figure.width, figure.operations, figure.meter.cpu_ns(), figure.kernel_entries,
      figure.meter.allocations(), static_cast<double>(figure.meter.cpu_ns()) / operations, figure.bytes_each);
  std::fflush(stdout);
}

}  // namespace bench
