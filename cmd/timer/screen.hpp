/// Screen: what a command prints, over the whole terminal and anew with every run, as watch(1) shows it.
#pragma once

#include "command.hpp"
#include "timer/child.hpp"
#include "timer/grid.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace evtool::timer {

class Screen {
 public:
  Screen(Session& session, Duration interval);
  /// Gives the terminal back as it was.
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Starts the command with its output caught; false as Child::start().
  [[nodiscard]] bool run(Child& child);
  /// Shows what it printed. What its own children print from now on is not waited for.
  void ended(Exit exit);

 private:
  static constexpr std::size_t bound_bytes = std::size_t{1} << 20;
  static void on_signal(void* self, const evt::SignalInfo& info);
  evt::Action on_read(const evt::Result<std::size_t>& bytes);
  void keep(std::size_t bytes);
  void drain();
  void enter();
  void draw(Changes changes);
  std::string header(std::size_t columns) const;

  Session& session_;
  Duration interval_;
  bool entered_ = false;
  Exit exit_ = Exit::done;
  std::string text_;    // Of the run that ended last.
  std::string caught_;  // Of the one that runs.
  Grid shown_;
  std::array<std::byte, 16384> buffer_{};
  std::optional<evt::File> file_;
  std::optional<evt::IoRequest> request_;
  SignalWatch signals_;
};

}  // namespace evtool::timer
