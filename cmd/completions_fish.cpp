/// One `complete` line an option, for `evtool APPLET` and for the links.
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

}  // namespace

std::string fish_completions() {
  std::string out = "# fish completion for evtool: made by 'evtool --completions fish', not by hand.\n";
  const std::string before = "complete -c evtool -n __fish_use_subcommand";
  out += before + " -f\n";
  for (const Applet* applet : applets())
    out.append(before).append(" -a ").append(applet->name).append(" -d ").append(quoted(applet->summary)).append("\n");
  append_options(out, before, driver_applet);
  for (const Applet* applet : applets()) {
    const std::string name(applet->name);
    const auto files = takes_files(*applet) ? " -F\n" : " -f\n";
    for (const auto& start : {"complete -c evtool -n '__fish_seen_subcommand_from " + name + "'",
                              "complete -c evtool-" + name, "complete -c ev-" + name}) {
      out += start + files;
      append_options(out, start, *applet);
    }
  }
  return out;
}

}  // namespace evtool
