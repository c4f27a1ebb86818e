/// One zsh function an applet, each a call of _arguments.
#include "applets.hpp"
#include "completions.hpp"

namespace evtool {
namespace {

/// Inside single quotes, where _arguments reads brackets and colons.
std::string phrase(std::string_view text) {
  std::string out;
  for (const char byte : backslashed(text, "[]:\\")) {
    if (byte == '\'') {
      out += R"('\'')";
    } else {
      out += byte;
    }
  }
  return out;
}

/// ":FILE:_files"
std::string value_part(const Option& option) {
  if (!option.takes_value) return {};
  std::string part = std::string(":").append(option.value).append(":");
  switch (offer_for(option)) {
    case Offer::nothing:
      return part.append(" ");
    case Offer::words:
      return part.append("(").append(joined(option.words, " ")).append(")");
    case Offer::files:
      return part.append("_files");
    case Offer::directories:
      return part.append("_files -/");
  }
  __builtin_unreachable();
}

/// `'(-o --output)'{-o+,--output=}'[help]:FILE:_files'`
std::string specification(const Option& option) {
  const std::string letter = option.letter == '\0' ? "" : std::string("-") + option.letter;
  const std::string name = option.name.empty() ? "" : std::string("--").append(option.name);
  const std::string_view letter_end = option.takes_value ? "+" : "";
  const std::string_view name_end = option.takes_value ? "=" : "";
  const auto explanation = "[" + phrase(option.help) + "]" + value_part(option) + "'";
  const std::string repeat = option.repeatable ? "*" : "";
  if (letter.empty()) return "'" + repeat + name + std::string(name_end) + explanation;
  if (name.empty()) return "'" + repeat + letter + std::string(letter_end) + explanation;
  const auto exclusion = option.repeatable ? std::string("'*'") : "'(" + letter + " " + name + ")'";
  return exclusion + "{" + letter + std::string(letter_end) + "," + name + std::string(name_end) + "}'" + explanation;
}

void append_options(std::string& out, const Applet& applet) {
  for_each_option(applet,
                  [&out](const Option& option) { out.append("    ").append(specification(option)).append(" \\\n"); });
}

}  // namespace

std::string zsh_completions() {
  std::string links = "evtool";
  for (const Applet* applet : applets())
    links.append(" evtool-").append(applet->name).append(" ev-").append(applet->name);
  std::string out = "#compdef " + links + "\n# Made by 'evtool --completions zsh', not by hand.\n";
  for (const Applet* applet : applets()) {
    out.append("\n_evtool-").append(applet->name).append("() {\n  _arguments -s -S \\\n");
    append_options(out, *applet);
    out.append(takes_files(*applet) ? "    '*:FILE:_files'\n}\n" : "    && true\n}\n");
  }
  out += "\n_evtool() {\n  local curcontext=$curcontext state state_descr line\n  typeset -A opt_args\n";
  out +=
      "  if [[ $service == (evtool|ev)-* ]]; then\n    _evtool-${service#*-}\n    return\n  fi\n  _arguments -C -s -S \\\n";
  append_options(out, driver_applet);
  out += "    '1:applet:((";
  for (const Applet* applet : applets())
    out.append(applet->name).append("\\:\"").append(phrase(applet->summary)).append("\" ");
  out.back() = ')';
  out += ")' \\\n    '*::argument:->rest'\n";
  return out +=
         "  if [[ $state == rest ]] && (( $+functions[_evtool-$line[1]] )); then\n    _evtool-$line[1]\n  fi\n}\n\n_evtool \"$@\"\n";
}

}  // namespace evtool
