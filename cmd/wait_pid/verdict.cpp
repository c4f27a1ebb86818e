/// Codes: the tool's own first, then those of the processes.
#include "wait_pid/verdict.hpp"

#include <algorithm>

namespace evtool::wait_pid {
namespace {

constexpr Verdict tool(Exit exit) {
  return {.exit = exit, .of_process = false};
}

bool has_code(const Target& target) {
  return target.outcome == Outcome::exited || target.outcome == Outcome::killed;
}

/// A process that had ended before has no status to tell, and -e says that this is all right.
Verdict of_one(const Target& target) {
  if (target.outcome == Outcome::gone) return tool(Exit::done);
  return {.exit = exit_code(code_of(target)), .of_process = has_code(target)};
}

/// The one that --status chooses, of those that ended; null when none did.
const Target* chosen(std::span<const Target> targets, Summary summary) {
  const Target* best = nullptr;
  for (const Target& each : targets) {
    if (each.outcome == Outcome::running) continue;
    const bool better = best == nullptr || (summary == Summary::max     ? code_of(each) > code_of(*best)
                                            : summary == Summary::first ? each.order < best->order
                                                                        : each.order > best->order);
    if (better) best = &each;
  }
  return best;
}

}  // namespace

int code_of(const Target& target) {
  switch (target.outcome) {
    case Outcome::exited:
      return target.code;
    case Outcome::killed:
      return 128 + target.code;
    case Outcome::unknown:
      return static_cast<int>(Exit::internal);
    case Outcome::running:
    case Outcome::gone:
      break;
  }
  return 0;
}

Verdict verdict_of(std::span<const Target> targets, End end, const Settings& settings) {
  if (end == End::failed) return tool(Exit::internal);
  if (end == End::timed_out) return tool(Exit::timed_out);
  const bool missing = std::ranges::any_of(targets, [](const Target& each) { return each.outcome == Outcome::gone; });
  if (missing && !settings.exited_ok) return tool(Exit::not_found);
  if (targets.size() == 1) return of_one(targets.front());
  if (!settings.status) return tool(Exit::done);
  const Target* target = chosen(targets, *settings.status);
  return target == nullptr ? tool(Exit::done) : of_one(*target);
}

}  // namespace evtool::wait_pid
