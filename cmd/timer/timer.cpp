/// timer: waits. Here are its table, and which way to wait the operands ask for.
#include "applet.hpp"
#include "timer/modes.hpp"

#include <array>
#include <chrono>

namespace evtool {
namespace {

using timer::Session;
using timer::Settings;

constexpr auto options = std::to_array<Option>({
    option<&Settings::spin>({.name = "spin", .value = "DURATION", .help = "watch the clock for the last DURATION"}),
});

/// The operands added up; nothing when one was refused, which was said.
std::optional<Duration> total_of(const Context& context) {
  Duration total{0};
  for (const auto& operand : context.operands) {
    Duration part{0};
    if (const auto refusal = convert(operand, part); !refusal.empty()) {
      (void)context.usage("'{}' {}", operand, refusal);
      return std::nullopt;
    }
    total = evt::saturating_add(total, part);
  }
  return total;
}

std::optional<Exit> refuse(const Context& context, const Settings& settings) {
  constexpr Duration longest_spin = std::chrono::seconds{1};
  if (settings.spin && *settings.spin > longest_spin)
    return context.usage("option '--spin': more than a second would only be warmth");
  return std::nullopt;
}

Exit run(Context& context, const Settings& settings) {
  Session session(context, settings);
  if (const auto refused = refuse(context, settings)) return *refused;
  if (!context.command.empty()) return context.usage("extra operand '{}'", context.command.front());
  const auto total = total_of(context);
  return total ? timer::sleep(session, *total) : Exit::usage;
}

}  // namespace

constinit const Applet timer_applet = checked({
    .name = "timer",
    .summary = "sleep",
    .details = "Waits for all DURATIONs together, such as 1m 30s.\n",
    .operands = {.form = "DURATION...", .least = 1},
    .standard_output = Stdout::data,
    .options = options,
    .run = entry<run>(),
});

}  // namespace evtool
