/// wait-pid: waits for processes, whoever started them. Here are its table, and the order of a run.
#include "applet.hpp"
#include "report.hpp"
#include "wait_pid/find.hpp"
#include "wait_pid/journal.hpp"
#include "wait_pid/result.hpp"
#include "wait_pid/settings.hpp"
#include "wait_pid/verdict.hpp"
#include "wait_pid/watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace evtool {
namespace {

using wait_pid::End;
using wait_pid::Settings;

constexpr auto options = std::to_array<Option>({
    option<&Settings::all>({.name = "all", .help = "wait until all have ended (the default)"}),
    option<&Settings::any>({.name = "any", .help = "wait until one has ended"}),
    option<&Settings::count>({.letter = 'c', .name = "count", .value = "N", .help = "wait until N have ended"}),
    option<&Settings::timeout>(
        {.letter = 't', .name = "timeout", .value = "DURATION", .help = "give up after DURATION"}),
    option<&Settings::exited_ok>(
        {.letter = 'e', .name = "exited-ok", .help = "a process that is gone already has ended"}),
    option<&Settings::status>(
        {.name = "status", .value = "WHICH", .help = "exit as one of several: max, first or last"}),
    option<&Settings::full>({.name = "full", .help = "REGEX is searched for in the whole command line"}),
    option<&Settings::reap_grace>(
        {.name = "reap-grace", .value = "DURATION", .help = "how long parents may take to reap (1s)"}),
});

/// Faults that only the options together have.
std::optional<Exit> refuse(const Context& context, const Settings& settings) {
  if (settings.all + settings.any + settings.count.has_value() > 1)
    return context.usage("options --all, --any and --count exclude each other");
  const bool has_name =
      std::ranges::any_of(context.operands, [](const auto& word) { return word.starts_with("name="); });
  if (settings.full && !has_name) return context.usage("option '--full' needs name=REGEX");
  if (settings.count == 0U) return context.usage("--count: '0' is nothing to wait for");
  return std::nullopt;
}

std::size_t needed_of(const Settings& settings, std::size_t targets) {
  if (settings.any) return 1;
  return settings.count ? *settings.count : targets;
}

Exit run(Context& context, const Settings& settings) {
  if (const auto refused = refuse(context, settings)) return *refused;
  auto found = wait_pid::find(context, settings);
  if (!found) return found.error();
  auto& targets = *found;
  const auto needed = needed_of(settings, targets.size());
  if (needed > targets.size())
    return context.usage("--count: '{}' is more than there are processes: {}", needed, targets.size());
  evt::Loop* loop = context.loop();
  if (loop == nullptr) return Exit::internal;
  const bool lines = !context.common.quiet && context.json_fd() != STDOUT_FILENO;
  wait_pid::Journal journal(context, lines ? STDOUT_FILENO : -1);
  const wait_pid::Rules rules{.needed = needed,
                              .reap_grace = settings.reap_grace,
                              .timeout = settings.timeout,
                              .gone_is_ended = settings.exited_ok,
                              .inodes = context.json_fd() >= 0};
  wait_pid::Watch watch(context, *loop, targets, rules, journal);
  const End end = watch.run();
  const auto verdict = wait_pid::verdict_of(targets, end, settings);
  if (context.json_fd() < 0) return verdict.exit;
  Report report(context);
  wait_pid::write_result(report.result(), targets, end, verdict);
  return report.close() ? verdict.exit : Exit::internal;
}

}  // namespace

constinit const Applet wait_pid_applet = checked({
    .name = "wait-pid",
    .summary = "wait for any process, and tell how it ended",
    .details = "PROCESS is PID, PID:INODE, pidfile=PATH or name=REGEX.\n",
    .operands = {.form = "PROCESS...", .least = 1},
    .standard_output = Stdout::report,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
