/// What an applet is handed beside its settings: operands, the loop, and how to speak.
#pragma once

#include "common.hpp"
#include "exit.hpp"
#include "recorder.hpp"
#include <evt/fd.hpp>
#include <evt/loop.hpp>

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evtool {

struct Applet;

/// An applet that was asked for, and with what.
struct Invocation {
  const Applet* applet = nullptr;
  std::span<char* const> words;  ///< Everything after the applet's name; NUL-terminated, lives as long as main().
  Common inherited;              ///< From EVTOOL_BACKEND and from options before the applet's name.
};

class Context {
 public:
  explicit Context(const Invocation& invocation);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Applet& applet;
  Common common;
  std::vector<std::string> operands;
  /// The words of a command to run, where the applet's table has one; ready for execvp() with a null after them.
  std::span<char* const> command;
  /// All words after the applet's name, as they were given.
  std::span<char* const> words;

  /// The loop of this run, made on the first call with --backend, --stats and --trace applied to `options`; later
  /// calls return the same. Null when it cannot be made: that was said already, return Exit::failed.
  evt::Loop* loop(evt::LoopOptions options = {});
  /// "io_uring", "epoll", or "none" before loop() was called.
  std::string_view backend() const;

  /// One line on standard error: `evtool cat: …`. Everything in it is escaped.
  void complain(std::string_view message) const;
  template <typename... Arguments>
  void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    complain(fmt::vformat(format, fmt::make_format_args(arguments...)));
  }
  /// The same, unless --quiet.
  template <typename... Arguments>
  void note(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    if (!common.quiet) complain(fmt::vformat(format, fmt::make_format_args(arguments...)));
  }
  /// A fault of the command line that only the applet can see: `return context.usage("…");`
  template <typename... Arguments>
  Exit usage(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    complain(fmt::vformat(format, fmt::make_format_args(arguments...)));
    return Exit::usage;
  }

  /// Where --json goes; -1 without --json and --json-file.
  int json_fd() const { return json_fd_; }

  /// For the driver. Parses into `settings`; a value when the run is over already (help, version, usage).
  std::optional<Exit> begin(void* settings);
  /// The halves of begin() that the driver's own table needs.
  std::optional<Exit> parse_words(void* settings);
  std::optional<Exit> answer_help() const;
  /// For the driver: statistics, trace, and what the run comes to when those fail.
  Exit finish(Exit exit);

 private:
  std::optional<Exit> check_operands() const;
  std::optional<Exit> read_environment();
  std::optional<Exit> open_json();
  std::optional<Exit> open_trace();
  std::optional<Exit> open_json_fd(std::string_view number);
  std::string_view tool() const;

  int json_fd_ = -1;
  evt::Fd json_file_;
  std::unique_ptr<Recorder> recorder_;  // Outlives the loop, which calls it.
  std::optional<evt::Loop> loop_;
};

}  // namespace evtool
