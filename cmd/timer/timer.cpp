/// timer: sleep, ticks, schedules. Here are its table, and which way to use it the operands ask for.
#include "applet.hpp"
#include "parse.hpp"
#include "timer/modes.hpp"
#include "timer/moment.hpp"
#include "timer/refusals.hpp"

#include <array>

namespace evtool {
namespace {

using timer::Mode;
using timer::Session;
using timer::Settings;

constexpr auto options = std::to_array<Option>({
    option<&Settings::count>(
        {.letter = 'c', .name = "count", .value = "N", .help = "every: stop after N ticks or runs"}),
    option<&Settings::overlap>(
        {.name = "overlap", .value = "HOW", .help = "every: CMD still runs: skip, queue or kill"}),
    option<&Settings::splay>(
        {.name = "splay", .value = "DURATION", .help = "every: delay each tick by up to DURATION"}),
    option<&Settings::until_failure>({.name = "until-failure", .help = "every: stop when CMD fails"}),
    option<&Settings::until_success>({.name = "until-success", .help = "every: stop when CMD succeeds"}),
    option<&Settings::screen>({.name = "screen", .help = "every: show what CMD prints on the whole screen"}),
    option<&Settings::differences>({.letter = 'd', .name = "differences", .help = "--screen: show what changed"}),
    option<&Settings::spin>({.name = "spin", .value = "DURATION", .help = "watch the clock for the last DURATION"}),
    option<&Settings::signal>(
        {.letter = 's', .name = "signal", .value = "SIGNAL", .help = "end CMD by SIGNAL instead of TERM"}),
    option<&Settings::kill_after>(
        {.letter = 'k', .name = "kill-after", .value = "DURATION", .help = "then kill it, if it is still there"}),
    option<&Settings::preserve_status>(
        {.letter = 'p', .name = "preserve-status", .help = "timeout: exit as CMD did, not with 124"}),
    option<&Settings::foreground>(
        {.letter = 'f', .name = "foreground", .help = "timeout: leave CMD in our group, signal it alone"}),
    option<&Settings::announce>({.letter = 'v', .help = "timeout: say which signal is sent"}),
});

/// A refusal was said; the exit code is for the caller to choose.
std::optional<Duration> duration_of(const Context& context, const std::string& operand) {
  Duration duration{0};
  const auto refusal = convert(operand, duration);
  if (refusal.empty()) return duration;
  (void)context.usage("'{}' {}", operand, refusal);
  return std::nullopt;
}

Exit run_sleep(Session& session) {
  Duration total{0};
  for (const auto& operand : session.context.operands) {
    const auto part = duration_of(session.context, operand);
    if (!part) return Exit::usage;
    total = evt::saturating_add(total, *part);
  }
  const auto deadline = evt::saturating_add(session.started, total);
  return sleep(session, "sleep", {.clock = evt::Clock::monotonic, .deadline = deadline});
}

Exit run_every(Session& session) {
  const auto& context = session.context;
  const auto interval = duration_of(context, context.operands[1]);
  if (!interval) return Exit::usage;
  if (*interval == Duration{0}) return context.usage("'{}': ticks need some time in between", context.operands[1]);
  if (session.settings.splay.value_or(Duration{0}) > *interval)
    return context.usage("option '--splay' is longer than the interval");
  if (context.command.empty()) return ticks(session, *interval);
  return runs(session, "every",
              {.clock = evt::Clock::monotonic,
               .first = session.started,
               .interval = *interval,
               .most = session.settings.count.value_or(UINT64_MAX)});
}

Exit run_at(Session& session) {
  auto text = session.context.operands[1];
  for (std::size_t index = 2; index < session.context.operands.size(); ++index)
    text.append(" ").append(session.context.operands[index]);
  const auto moment = timer::parse_moment(text, evt::read_clock(evt::Clock::realtime));
  if (!moment)
    return session.context.usage("'{}' {}; expected a time such as 15:30, 2026-11-25T15:30:00Z or @1764084600", text,
                                 moment.error());
  if (session.context.command.empty())
    return sleep(session, "at", {.clock = evt::Clock::realtime, .deadline = *moment});
  return runs(session, "at", {.clock = evt::Clock::realtime, .first = *moment, .interval = forever, .most = 1});
}

/// timeout(1) says 125 where it cannot do its own work or its command line is wrong: codes below are the command's.
Exit own(Exit exit, Mode mode) {
  const bool collides = exit == Exit::failed || exit == Exit::usage;
  return mode == Mode::timeout && collides ? Exit::internal : exit;
}

Exit run(Context& context, const Settings& settings, Mode mode) {
  Session session(context, settings);
  if (timer::refused(context, settings, mode)) return own(Exit::usage, mode);
  switch (mode) {
    case Mode::sleep:
      return run_sleep(session);
    case Mode::every:
      return run_every(session);
    case Mode::at:
      return run_at(session);
    case Mode::timeout:
      break;
  }
  const auto limit = duration_of(context, context.operands[1]);
  return limit ? timeout(session, *limit) : own(Exit::usage, mode);
}

Exit enter(const Invocation& invocation) {
  Settings settings;
  Context context(invocation);
  const auto mode = timer::mode_of(first_operand(*invocation.applet, invocation.words));
  if (const auto early = context.begin(&settings)) return own(*early, mode);
  const auto exit = run(context, settings, mode);
  const auto finished = context.finish(exit);
  return finished == exit ? exit : own(finished, mode);
}

}  // namespace

constinit const Applet timer_applet = checked({
    .name = "timer",
    .summary = "sleep, tick, run commands on time and for no longer",
    .details = "DURATION...              sleep for all of them together, such as 1m 30s\n"
               "every DURATION           print a line a tick, without drift\n"
               "every DURATION -- CMD    run CMD now and at every tick\n"
               "at TIME [-- CMD]         wait for the wall clock: 15:30, RFC 3339, @SECONDS\n"
               "timeout DURATION -- CMD  run CMD for no longer, as timeout(1) does\n",
    .operands = {.form = "DURATION...|every|at|timeout WHEN [-- CMD]", .least = 1, .command = Command::after_dashes},
    .standard_output = Stdout::data,
    .options = options,
    .run = {.enter = enter, .settings = &identity<Settings>},
});

}  // namespace evtool
