/// What --help, --version and --list print.
#include "applets.hpp"
#include "render.hpp"

#include <algorithm>
#include <array>

namespace evtool {
namespace {

constexpr std::size_t help_column = 26;

void append_heading(std::string& out, std::string_view title, Headings headings) {
  const bool bold = headings == Headings::bold;
  out.append("\n").append(bold ? "\x1b[1m" : "").append(title).append(":").append(bold ? "\x1b[0m" : "").append("\n");
}

/// `left` in the left column, `right` in the other one, on the next line where `left` is too wide.
void append_row(std::string& out, std::string_view left, std::string_view right) {
  out += left;
  if (left.size() + 2 > help_column) {
    out.append("\n").append(help_column, ' ');
  } else {
    out.append(help_column - left.size(), ' ');
  }
  out.append(right).append("\n");
}

/// "  -o, --output=FILE"
std::string spelling(const Option& option) {
  std::string text = "  ";
  if (option.letter != '\0') {
    text.append(1, '-').append(1, option.letter);
    if (!option.name.empty()) text += ", ";
  } else {
    text += "    ";
  }
  if (!option.name.empty()) text.append("--").append(option.name);
  if (option.takes_value) text.append(1, option.name.empty() ? ' ' : '=').append(option.value);
  return text;
}

void append_options(std::string& out, std::span<const Option> options) {
  for (const Option& option : options) {
    append_row(out, spelling(option), std::string(option.help).append(option.repeatable ? " (repeatable)" : ""));
  }
}

/// What a kind of value looks like, said once a page and only where an option takes one.
struct Grammar {
  std::string_view value;
  std::string_view explanation;
};
constexpr std::array grammars{
    Grammar{"SIZE", "bytes, as in 64k 1M 1.5GiB 10kB: k is 1024, kB is 1000"},
    Grammar{"RATE", "a SIZE, with or without /s"},
    Grammar{"DURATION", "250us 5s 1m30s 1.5h 2d inf; a bare number is seconds"},
};

void append_grammars(std::string& out, const Applet& applet, Headings headings) {
  bool headed = false;
  for (const auto& grammar : grammars) {
    const auto takes = [&grammar](const Option& option) { return option.value == grammar.value; };
    if (std::ranges::none_of(applet.options, takes)) continue;
    if (!headed) append_heading(out, "Values", headings);
    headed = true;
    append_row(out, std::string("  ").append(grammar.value), grammar.explanation);
  }
}

std::string_view dash_if_empty(std::string_view text) {
  return text.empty() ? "-" : text;
}

void append_option_line(std::string& out, const Applet& applet, const Option& option) {
  const char letter = option.letter == '\0' ? '-' : option.letter;
  out.append(applet.name).append(1, '\t').append(1, letter).append(1, '\t').append(dash_if_empty(option.name));
  out.append(1, '\t').append(dash_if_empty(option.value)).append(1, '\t').append(option.help).append(1, '\n');
}

}  // namespace

std::string help(const Applet& applet, Headings headings) {
  const bool driver = &applet == &driver_applet;
  std::string out = "Usage: evtool ";
  if (!driver) out.append(applet.name).append(1, ' ');
  out.append("[OPTION]... ").append(applet.operands.form).append("\n");
  out.append(applet.summary).append("\n");
  if (!applet.details.empty()) out.append("\n").append(applet.details);
  if (driver) {
    append_heading(out, "Applets", headings);
    for (const Applet* each : applets())
      append_row(out, std::string("  ").append(each->name), each->summary);
  }
  if (!applet.options.empty()) append_heading(out, "Options", headings);
  append_options(out, applet.options);
  append_heading(out, "Options of every applet", headings);
  append_options(out, common_options);
  append_grammars(out, applet, headings);
  if (driver) out.append("\n'evtool APPLET --help' explains each applet.\n");
  return out;
}

std::string version_line() {
  return "evtool " EVTOOL_VERSION "\n";
}

std::string list_applets() {
  std::string out;
  for (const Applet* applet : applets()) {
    out.append(applet->name).append(1, '\t').append(dash_if_empty(applet->operands.form)).append(1, '\t');
    out.append(applet->summary).append(1, '\n');
  }
  return out;
}

std::string list_options(const Applet& applet) {
  std::string out;
  for (const Option& option : applet.options)
    append_option_line(out, applet, option);
  for (const Option& option : common_options)
    append_option_line(out, applet, option);
  return out;
}

}  // namespace evtool
