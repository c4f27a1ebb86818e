/// One `complete` line an option; the links complete as `evtool APPLET` does.
#include "applets.hpp"
#include "completions.hpp"

namespace evtool {
namespace {

std::string quoted(std::string_view text) {
  return "'" + backslashed(text, "'\\") + "'";
}

std::string value_part(const Option& option) {
  if (!option.takes_value) return {};
  switch (offer_for(option)) {
    case Offer::nothing:
      return " -x";
    case Offer::words:
      return " -x -a " + quoted(joined(option.words, " "));
    case Offer::files:
      return " -r -F";
    case Offer::directories:
      return " -x -a '(__fish_complete_directories)'";
  }
  __builtin_unreachable();
}

/// `start` is the command and the condition under which the options count.
void append_options(std::string& out, const std::string& start, const Applet& applet) {
  for_each_option(applet, [&](const Option& option) {
    out += start;
    if (option.letter != '\0') out.append(" -s ").append(1, option.letter);
    if (!option.name.empty()) out.append(" -l ").append(option.name);
    out.append(value_part(option)).append(" -d ").append(quoted(option.help)).append("\n");
  });
}

/// The condition of completions for `evtool` itself: no applet stands on the line yet.
std::string before_applet() {
  std::string names;
  for (const Applet* applet : applets())
    names.append(" ").append(applet->name);
  return "complete -c evtool -n 'not __fish_seen_subcommand_from" + names + "'";
}

}  // namespace

std::string fish_completions() {
  std::string out = "# fish completion for evtool: made by 'evtool --completions fish', not by hand.\n";
  const std::string before = before_applet();
  out += before + " -f\n";
  for (const Applet* applet : applets())
    out.append(before).append(" -a ").append(applet->name).append(" -d ").append(quoted(applet->summary)).append("\n");
  append_options(out, before, driver_applet);
  for (const Applet* applet : applets()) {
    const std::string name(applet->name);
    const std::string start = "complete -c evtool -n '__fish_seen_subcommand_from " + name + "'";
    out.append(start).append(takes_files(*applet) ? " -F\n" : " -f\n");
    append_options(out, start, *applet);
    for (const auto* prefix : {"evtool-", "ev-"})
      out.append("complete -c ").append(prefix).append(name).append(" -w 'evtool ").append(name).append("'\n");
  }
  return out;
}

}  // namespace evtool
