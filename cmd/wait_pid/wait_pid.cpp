/// wait-pid: waits for processes, whoever started them. Here are its table, and the order of a run.
#include "applet.hpp"
#include "report.hpp"
#include "wait_pid/find.hpp"
#include "wait_pid/journal.hpp"
#include "wait_pid/result.hpp"
#include "wait_pid/settings.hpp"
#include "wait_pid/verdict.hpp"
#include "wait_pid/watch.hpp"

#include <sys/stat.h>
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
    option<&Settings::tree>({.name = "tree", .help = "wait for all that descends from COMMAND too"}),
    option<&Settings::kill_after>(
        {.name = "kill-after", .value = "DURATION", .help = "SIGKILL so long after the timeout's SIGTERM (5s)"}),
});

/// Faults that only the options together have.
std::optional<Exit> refuse(const Context& context, const Settings& settings) {
  if (context.operands.empty() && context.command.empty())
    return context.usage("missing operand: PROCESS, or -- COMMAND");
  if (settings.all + settings.any + settings.count.has_value() > 1)
    return context.usage("options --all, --any and --count exclude each other");
  if (settings.count == 0U) return context.usage("--count: '0' is nothing to wait for");
  const bool has_name =
      std::ranges::any_of(context.operands, [](const auto& word) { return word.starts_with("name="); });
  if (settings.full && !has_name) return context.usage("option '--full' needs name=REGEX");
  if (settings.tree && context.command.empty()) return context.usage("option '--tree' needs -- COMMAND");
  if (settings.kill_after && (context.command.empty() || !settings.timeout))
    return context.usage("option '--kill-after' needs --timeout and -- COMMAND");
  return std::nullopt;
}

bool is_standard_output(int fd) {
  struct stat file{};
  struct stat output{};
  return ::fstat(fd, &file) == 0 && ::fstat(STDOUT_FILENO, &output) == 0 && !S_ISCHR(file.st_mode) &&
         file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

/// Where a command has standard output for itself, lines go to standard error, and reports to neither.
std::optional<Exit> refuse_json(const Context& context) {
  if (context.command.empty() || context.json_fd() < 0) return std::nullopt;
  if (context.json_fd() != STDOUT_FILENO && !is_standard_output(context.json_fd())) return std::nullopt;
  return context.usage("option '--json' needs '--json-file' here: standard output is the command's");
}

int lines_fd(const Context& context) {
  if (context.common.quiet || context.json_fd() == STDOUT_FILENO) return -1;
  return context.command.empty() ? STDOUT_FILENO : STDERR_FILENO;
}

wait_pid::Rules rules_of(const Context& context, const Settings& settings, std::size_t targets) {
  const std::size_t wanted = settings.any ? 1 : settings.count.value_or(0);
  return {.needed = wanted != 0 ? wanted : targets,
          .reap_grace = settings.reap_grace,
          .timeout = settings.timeout,
          .gone_is_ended = settings.exited_ok,
          .inodes = context.json_fd() >= 0,
          .tree = settings.tree,
          .kill_after = settings.kill_after.value_or(std::chrono::seconds{5})};
}

/// Waits, and reports.
Exit wait_for(Context& context, const Settings& settings, std::vector<wait_pid::Target>& targets, evt::Loop& loop) {
  wait_pid::Journal journal(context, lines_fd(context));
  std::optional<wait_pid::Family> family;
  wait_pid::Watch watch(context, loop, targets, rules_of(context, settings, targets.size()), journal);
  if (!context.command.empty()) {
    auto command = family.emplace(context, loop).start();
    if (!command) return command.error();
    targets.back().pid = command->id();
    watch.adopt(*family, std::move(*command));
  }
  const End end = watch.run();
  const auto verdict = wait_pid::verdict_of(targets, end, settings);
  if (context.json_fd() < 0) return verdict.exit;
  Report report(context);
  wait_pid::write_result(report.result(), targets, family ? &*family : nullptr, end, verdict);
  return report.close() ? verdict.exit : Exit::internal;
}

Exit run(Context& context, const Settings& settings) {
  if (const auto refused = refuse(context, settings)) return *refused;
  if (const auto refused = refuse_json(context)) return *refused;
  auto targets = wait_pid::find(context, settings);
  if (!targets) return targets.error();
  if (!context.command.empty()) targets->push_back({.operand = context.command.front()});
  if (const auto count = settings.count.value_or(0); count > targets->size())
    return context.usage("--count: '{}' is more than there are processes: {}", count, targets->size());
  evt::Loop* loop = context.loop();
  return loop == nullptr ? Exit::internal : wait_for(context, settings, *targets, *loop);
}

}  // namespace

constinit const Applet wait_pid_applet = checked({
    .name = "wait-pid",
    .summary = "wait for any process, and tell how it ended",
    .details = "PROCESS is PID, PID:INODE, pidfile=PATH or name=REGEX. COMMAND is run.\n",
    .operands = {.form = "[PROCESS]... [-- COMMAND [ARGUMENT]...]", .command = Command::after_dashes},
    .standard_output = Stdout::report,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
