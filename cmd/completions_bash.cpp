/// A bash function with two `case`s: one over "APPLET:OPTION" for values, one over applets for everything else.
#include "applets.hpp"
#include "completions.hpp"

namespace evtool {
namespace {

constexpr std::string_view prologue = R"(# bash completion for evtool: made by 'evtool --completions bash', not by hand.
_evtool() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} applet=evtool index
  local name=${COMP_WORDS[0]##*/}
  # --name=value arrives as three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
)";

/// "cat | timer": a pattern of all applets.
std::string applet_pattern() {
  std::string pattern;
  for (const Applet* applet : applets())
    pattern.append(pattern.empty() ? "" : " | ").append(applet->name);
  return pattern;
}

void append_applet_search(std::string& out) {
  out += R"(  case $name in
    evtool-* | ev-*) applet=${name#*-} ;;
    *)
      for ((index = 1; index < COMP_CWORD; ++index)); do
        case ${COMP_WORDS[index]} in
)";
  out.append("          ").append(applet_pattern()).append(") applet=${COMP_WORDS[index]} && break ;;\n");
  out += "        esac\n      done\n      ;;\n  esac\n";
}

/// "cat:-o | cat:--output"
std::string value_pattern(const Applet& applet, const Option& option) {
  std::string pattern;
  if (option.letter != '\0') pattern.append(applet.name).append(":-").append(1, option.letter);
  if (option.name.empty()) return pattern;
  return pattern.append(pattern.empty() ? "" : " | ").append(applet.name).append(":--").append(option.name);
}

std::string compgen(const Option& option) {
  switch (offer_for(option)) {
    case Offer::nothing:
      return "";
    case Offer::words:
      return "mapfile -t COMPREPLY < <(compgen -W '" + joined(option.words, " ") + "' -- \"$current\") ";
    case Offer::files:
      return "_evtool_files -f \"$current\" ";
    case Offer::directories:
      return "_evtool_files -d \"$current\" ";
  }
  __builtin_unreachable();
}

void append_values(std::string& out, const Applet& applet) {
  for_each_option(applet, [&](const Option& option) {
    if (!option.takes_value) return;
    const auto generate = compgen(option);
    out.append("    ").append(value_pattern(applet, option)).append(") ");
    out.append(generate).append(generate.empty() ? "" : "&& ").append("return ;;\n");
  });
}

/// All spellings of options; those with a value end in `=`.
std::string spellings(const Applet& applet) {
  std::string text;
  for_each_option(applet, [&text](const Option& option) {
    if (option.letter != '\0') text.append(text.empty() ? "" : " ").append("-").append(1, option.letter);
    if (option.name.empty()) return;
    text.append(text.empty() ? "" : " ").append("--").append(option.name).append(option.takes_value ? "=" : "");
  });
  return text;
}

void append_applet(std::string& out, const Applet& applet, std::string_view operands) {
  out.append("    ").append(applet.name).append(")\n      if [[ $current == -* ]]; then\n");
  out.append("        mapfile -t COMPREPLY < <(compgen -W '").append(spellings(applet)).append("' -- \"$current\")\n");
  out.append("        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2> /dev/null\n");
  if (!operands.empty()) out.append("      else\n        ").append(operands).append("\n");
  out.append("      fi\n      ;;\n");
}

}  // namespace

std::string bash_completions() {
  std::string out(prologue);
  append_applet_search(out);
  out += "  COMPREPLY=()\n  case $applet:$previous in\n";
  append_values(out, driver_applet);
  for (const Applet* applet : applets())
    append_values(out, *applet);
  out += "  esac\n  case $applet in\n";
  std::string names;
  std::string links = "evtool";
  for (const Applet* applet : applets()) {
    names.append(names.empty() ? "" : " ").append(applet->name);
    links.append(" evtool-").append(applet->name).append(" ev-").append(applet->name);
  }
  append_applet(out, driver_applet, "mapfile -t COMPREPLY < <(compgen -W '" + names + "' -- \"$current\")");
  for (const Applet* applet : applets())
    append_applet(out, *applet, takes_files(*applet) ? "_evtool_files -f \"$current\"" : "");
  out += R"(  esac
}

_evtool_files() {
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

)";
  return out.append("complete -F _evtool ").append(links).append("\n");
}

}  // namespace evtool
