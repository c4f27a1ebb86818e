/// The grammar of operands.
#include "wait_pid/operand.hpp"

#include "units.hpp"

#include <limits>

namespace evtool::wait_pid {
namespace {

constexpr std::string_view expected = "; expected PID, PID:INODE, pidfile=PATH or name=REGEX";

std::unexpected<std::string> refuse(std::string_view why) {
  return std::unexpected(std::string(why).append(expected));
}

std::expected<Operand, std::string> parse_text(Operand::Kind kind, std::string_view text) {
  if (text.empty()) return refuse(kind == Operand::Kind::pidfile ? "names no file" : "has no pattern");
  return Operand{.kind = kind, .text = std::string(text)};
}

}  // namespace

std::expected<pid_t, std::string_view> parse_pid(std::string_view text) {
  const auto number = parse_count(text);
  if (!number) return std::unexpected(number.error());
  if (*number > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) return std::unexpected("is too large");
  if (*number == 0) return std::unexpected("is no process");
  return static_cast<pid_t>(*number);
}

std::expected<Operand, std::string> parse_operand(std::string_view word) {
  constexpr std::string_view pidfile = "pidfile=";
  constexpr std::string_view name = "name=";
  if (word.starts_with(pidfile)) return parse_text(Operand::Kind::pidfile, word.substr(pidfile.size()));
  if (word.starts_with(name)) return parse_text(Operand::Kind::name, word.substr(name.size()));
  const auto colon = word.find(':');
  const auto pid = parse_pid(word.substr(0, colon));
  if (!pid) return refuse(pid.error());
  Operand operand{.kind = Operand::Kind::process, .pid = *pid};
  if (colon == std::string_view::npos) return operand;
  const auto inode = parse_count(word.substr(colon + 1));
  if (!inode) return refuse(std::string("has an inode that ").append(inode.error()));
  if (*inode == 0) return refuse("has inode 0, which no process has");
  operand.inode = *inode;
  return operand;
}

}  // namespace evtool::wait_pid
