/// How far a copy is: a bar on a terminal, and a line when SIGUSR1 asks. Drawing is throttled here, so tell it
/// about every chunk.
#pragma once

#include "context.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace evtool {

class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `fd` is where the bar goes when it was asked for: it is drawn only where `fd` is a terminal, never with --quiet
  /// or --json. Without `fd` there is only the line for SIGUSR1.
  Progress(const Context& context, std::optional<int> fd);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What done() will come to; nothing when nobody knows (no percentage, no time left).
  void expect(std::optional<std::uint64_t> total) { total_ = total; }

  /// `done` bytes in all. Cheap: draws at most ten times a second, and answers SIGUSR1 (also call it from the
  /// Wake that on_progress_signal() notifies, so that a stalled copy answers too).
  void update(std::uint64_t done);

  /// Takes the bar off the terminal, so that a message can be printed; the next update() draws it again.
  void clear();

  /// Draws the last state and leaves it on the screen.
  void finish();

  /// "1.2 GiB of 4.0 GiB, 30%, 3.4 GiB/s, 0:01 left"
  std::string line(Time now) const;

 private:
  std::string bar(Time now, unsigned columns) const;
  void measure(Time now);
  void draw(Time now);
  std::uint64_t average(Time now) const;

  const Context& context_;
  int fd_ = -1;  // -1: no bar.
  std::optional<std::uint64_t> total_;
  std::uint64_t done_ = 0;
  Time started_;
  Time drawn_;
  std::uint64_t drawn_done_ = 0;
  std::uint64_t rate_ = 0;  // Bytes a second, lately.
  std::size_t width_ = 0;   // Columns of what stands on the terminal.
};

}  // namespace evtool
