/// Operand: what a word such as `1234`, `1234:5678`, `pidfile=PATH` or `name=REGEX` asks for. Looks at nothing but
/// the word.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace evtool::wait_pid {

struct Operand {
  enum class Kind : std::uint8_t { process, pidfile, name };
  Kind kind = Kind::process;
  pid_t pid = 0;
  std::uint64_t inode = 0;  ///< 0: not given.
  std::string text{};       ///< The path or the pattern.
};

/// A refusal completes "'WORD' …".
std::expected<Operand, std::string> parse_operand(std::string_view word);

/// A process id in decimal digits; a refusal completes "'TEXT' …".
std::expected<pid_t, std::string_view> parse_pid(std::string_view text);

}  // namespace evtool::wait_pid
