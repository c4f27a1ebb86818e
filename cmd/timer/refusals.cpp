/// A table of the options that only some modes have, and the few rules that are about two of them.
#include "timer/refusals.hpp"

#include "terminal.hpp"

#include <unistd.h>

#include <array>
#include <chrono>

namespace evtool::timer {
namespace {

/// An option that was given, and where it means something.
struct Given {
  std::string_view name;
  bool given;
  bool fits;
  std::string_view needs;
};

std::string_view misplaced_option(const Context& context, const Settings& settings, Mode mode,
                                  std::string_view& needs) {
  const bool every = mode == Mode::every;
  const bool runs = every && !context.command.empty();
  const bool timeout = mode == Mode::timeout;
  const bool kills = timeout || (runs && settings.overlap == Overlap::kill);
  const std::array table{
      Given{"--count", settings.count.has_value(), every, "every"},
      Given{"--splay", settings.splay.has_value(), every, "every"},
      Given{"--overlap", settings.overlap.has_value(), runs, "every and a command"},
      Given{"--until-failure", settings.until_failure, runs, "every and a command"},
      Given{"--until-success", settings.until_success, runs, "every and a command"},
      Given{"--screen", settings.screen, runs, "every and a command"},
      Given{"--differences", settings.differences, settings.screen, "--screen"},
      Given{"--spin", settings.spin.has_value(), !timeout, "another mode than timeout"},
      Given{"--signal", settings.signal.has_value(), kills, "timeout or --overlap=kill"},
      Given{"--kill-after", settings.kill_after.has_value(), kills, "timeout or --overlap=kill"},
      Given{"--preserve-status", settings.preserve_status, timeout, "timeout"},
      Given{"--foreground", settings.foreground, timeout, "timeout"},
      Given{"-v", settings.announce, timeout, "timeout"},
  };
  for (const Given& option : table) {
    if (!option.given || option.fits) continue;
    needs = option.needs;
    return option.name;
  }
  return {};
}

/// What is wrong with the words themselves; false when nothing is.
bool refused_operands(const Context& context, Mode mode) {
  const auto& operands = context.operands;
  if (mode == Mode::sleep) {
    if (context.command.empty()) return false;
    (void)context.usage("a command needs every, at or timeout");
    return true;
  }
  if (operands.size() < 2) {
    (void)context.usage("missing operand: {} {}", operands.front(), mode == Mode::at ? "TIME" : "DURATION");
    return true;
  }
  if (operands.size() > 2 && mode != Mode::at) {
    (void)context.usage("extra operand '{}'; a command comes after --", operands[2]);
    return true;
  }
  if (mode != Mode::timeout || !context.command.empty()) return false;
  (void)context.usage("missing operand: -- CMD");
  return true;
}

}  // namespace

Mode mode_of(std::string_view first_operand) {
  if (first_operand == "every") return Mode::every;
  if (first_operand == "at") return Mode::at;
  return first_operand == "timeout" ? Mode::timeout : Mode::sleep;
}

bool refused(const Context& context, const Settings& settings, Mode mode) {
  if (refused_operands(context, mode)) return true;
  std::string_view needs;
  if (const auto name = misplaced_option(context, settings, mode, needs); !name.empty()) {
    (void)context.usage("option '{}' needs {}", name, needs);
    return true;
  }
  constexpr Duration longest_spin = std::chrono::seconds{1};
  if (settings.spin && *settings.spin > longest_spin) {
    (void)context.usage("option '--spin': more than a second would only be warmth");
    return true;
  }
  if (settings.screen && !is_terminal(STDOUT_FILENO)) {
    (void)context.usage("option '--screen' needs a terminal on standard output");
    return true;
  }
  return false;
}

}  // namespace evtool::timer
