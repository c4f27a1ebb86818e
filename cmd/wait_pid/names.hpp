/// Processes by name, as pgrep finds them: a regular expression that occurs in it.
#pragma once

#include "wait_pid/target.hpp"

#include <regex.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace evtool::wait_pid {

/// command: the short name that the kernel keeps, 15 bytes. arguments: the command line, with spaces between words.
enum class NameOf : std::uint8_t { command, arguments };

/// A compiled expression.
class Pattern {
 public:
  /// POSIX, extended. A refusal completes "'WORD' …".
  static std::expected<Pattern, std::string> compile(const std::string& text);

  bool occurs_in(const std::string& text) const;

 private:
  struct Free {
    void operator()(regex_t* regex) const;
  };
  using Compiled = std::unique_ptr<regex_t, Free>;
  explicit Pattern(Compiled compiled) : compiled_(std::move(compiled)) {}

  Compiled compiled_;
};

/// All that run now, but not evtool and its ancestors, which may be waiting for it. Each has the inode of its pidfd
/// where there is one, so that it stays the process that had the name.
std::expected<std::vector<Target>, std::string> find_named(const Pattern& pattern, NameOf name);

}  // namespace evtool::wait_pid
