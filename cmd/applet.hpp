/// The description language of applets: what an applet is called, which options and operands it takes and
/// what runs it. Parsing, help, completions and the checks of manual and README all come from this table,
/// and a malformed one does not compile: see checked().
#pragma once

#include "common.hpp"
#include "context.hpp"
#include "exit.hpp"
#include "option.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace evtool {

/// Where the words of a command to run begin, if the applet runs one.
enum class Command : std::uint8_t {
  none,
  after_dashes,      ///< `evtool timer every 5s -- CMD ARG…`
  at_first_operand,  ///< `evtool APPLET ARG…`
};

/// Operands as help shows them, and how many there may be.
struct Operands {
  std::string_view form;
  unsigned least = 0;
  unsigned most = UINT32_MAX;
  Command command = Command::none;
};

/// What standard output is for: where it carries data, --json needs --json-file.
enum class Stdout : std::uint8_t { report, data };

/// The code of an applet; made by entry<run>(). A reference: an applet with nothing to run does not compile, and
/// UBSan of gcc 12 compares no function with null in a constant expression.
struct Entry {
  Exit (&enter)(const Invocation&);
  const char* settings = nullptr;
};

struct Applet {
  std::string_view name;
  std::string_view summary;  ///< One phrase; README's row and the manual's .Nd say the same.
  std::string_view details;  ///< More lines of help, each with its newline; may be empty.
  Operands operands;
  Stdout standard_output = Stdout::report;
  std::span<const Option> options;
  Entry run;
};

namespace detail {

template <typename T>
struct RunTraits;
template <typename Class>
struct RunTraits<Exit (*)(Context&, const Class&)> {
  using Settings = Class;
};

template <auto Run>
Exit enter(const Invocation& invocation) {
  typename RunTraits<decltype(Run)>::Settings settings;
  Context context(invocation);
  if (const auto early = context.begin(&settings)) return *early;
  return context.finish(Run(context, settings));
}

constexpr bool is_lower_name(std::string_view name) {
  for (const char byte : name) {
    const bool fits = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
    if (!fits) return false;
  }
  return name.size() >= 2 && name.front() != '-' && name.back() != '-';
}

/// A phrase in one table cell: something, on one line, no full stop, and short enough for 80 columns.
constexpr bool is_phrase(std::string_view text, std::size_t longest) {
  for (const char byte : text) {
    if (byte < ' ' || byte == '\x7f') return false;
  }
  return !text.empty() && text.size() <= longest && text.back() != '.' && text.front() != ' ';
}

constexpr bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/// What is wrong with one option by itself.
constexpr std::string_view problem_of(const Option& option) {
  if (option.letter == '\0' && option.name.empty()) return "an option has neither letter nor name";
  if (option.letter != '\0' && !is_letter(option.letter)) return "an option's letter is no letter or digit";
  if (!option.name.empty() && !is_lower_name(option.name)) return "an option's name is not lower-case-with-dashes";
  if (option.help.empty()) return "an option has no help";
  if (!is_phrase(option.help, 54)) return "an option's help is not one short phrase without a full stop";
  if (option.takes_value && option.value.empty()) return "an option takes a value but does not name it";
  if (!option.takes_value && !option.value.empty()) return "a flag names a value";
  return {};
}

/// Whether two options could be meant by the same spelling.
constexpr std::string_view clash_of(const Option& left, const Option& right) {
  if (left.letter != '\0' && left.letter == right.letter) return "two options have the same letter";
  if (!left.name.empty() && left.name == right.name) return "two options have the same name";
  return {};
}

constexpr std::string_view shadow_of(const Option& option) {
  for (const Option& common : common_options) {
    if (option.letter != '\0' && option.letter == common.letter) return "an option takes a reserved letter: -h -V -q";
    if (!option.name.empty() && option.name == common.name) return "an option takes the name of a common one";
  }
  return {};
}

}  // namespace detail

/// What is wrong with a table; empty when nothing is.
constexpr std::string_view problem_of(const Applet& applet) {
  if (!detail::is_lower_name(applet.name)) return "the applet's name is not lower-case-with-dashes";
  if (!detail::is_phrase(applet.summary, 60)) return "the summary is not one short phrase without a full stop";
  if (!applet.details.empty() && applet.details.back() != '\n') return "the details do not end with a newline";
  if (applet.operands.least > applet.operands.most) return "the operands have a minimum above their maximum";
  if (applet.operands.form.empty() && applet.operands.most != 0) return "the operands have no form to show";
  for (std::size_t index = 0; index < applet.options.size(); ++index) {
    const Option& option = applet.options[index];
    if (const auto problem = detail::problem_of(option); !problem.empty()) return problem;
    if (const auto shadow = detail::shadow_of(option); !shadow.empty()) return shadow;
    if (option.settings != applet.run.settings) return "an option is bound to the settings of another applet";
    for (const Option& other : applet.options.subspan(index + 1)) {
      if (const auto clash = detail::clash_of(option, other); !clash.empty()) return clash;
    }
  }
  return {};
}

/// Every applet defines its own in its file: `constinit const Applet cat_applet = checked({…});`
#define APPLET(name) extern const Applet name##_applet;
#include "applets.def"
#undef APPLET

/// `entry<run>()` for an `Exit run(Context&, const Settings&)`.
template <auto Run>
constexpr Entry entry() {
  using Settings = typename detail::RunTraits<decltype(Run)>::Settings;
  return {.enter = detail::enter<Run>, .settings = &identity<Settings>};
}

/// The applet itself. A malformed table stops the compiler, which then shows the problem thrown here.
consteval Applet checked(Applet applet) {
  if (const auto problem = problem_of(applet); !problem.empty()) throw problem;
  return applet;
}

}  // namespace evtool
