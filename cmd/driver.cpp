/// The driver's own table and dispatch: `evtool APPLET …`, links called after an applet, and the options that are
/// about all applets.
#include "applets.hpp"
#include "install.hpp"
#include "output.hpp"
#include "render.hpp"

namespace evtool {
namespace {

struct Settings {
  bool list = false;
  std::string install;
  bool symbolic = false;
  bool bare = false;
  std::optional<Shell> completions;
};

constexpr auto options = std::to_array<Option>({
    option<&Settings::list>({.name = "list", .help = "list the applets, or the options of APPLET, as TSV"}),
    option<&Settings::install>({.name = "install", .value = "DIR", .help = "make a link in DIR for every applet"}),
    option<&Settings::symbolic>({.name = "symbolic", .help = "with --install: symbolic links, not hard ones"}),
    option<&Settings::bare>({.name = "bare", .help = "with --install: cat, not evtool-cat"}),
    option<&Settings::completions>(
        {.name = "completions", .value = "SHELL", .help = "completions for bash, zsh or fish"}),
});

Exit list_tables(const Context& context) {
  if (context.command.empty()) return print("", list_applets()) ? Exit::done : Exit::failed;
  std::string text;
  for (const std::string_view name : context.command) {
    const Applet* applet = name == driver_applet.name ? &driver_applet : find_applet(name);
    if (applet == nullptr) return unknown_applet(name);
    text += list_options(*applet);
  }
  return print("", text) ? Exit::done : Exit::failed;
}

/// The option that makes the driver itself do something, empty when an applet is to run.
std::string_view own_task(const Settings& settings) {
  if (settings.list) return "--list";
  if (settings.completions) return "--completions";
  return settings.install.empty() ? "" : "--install";
}

/// Options that would be ignored without a word, and words too many.
std::optional<Exit> check_task(const Context& context, const Settings& settings) {
  const auto& common = context.common;
  if (settings.install.empty() && (settings.symbolic || settings.bare))
    return context.usage("option '{}' needs --install", settings.symbolic ? "--symbolic" : "--bare");
  const auto task = own_task(settings);
  if (task.empty()) return std::nullopt;
  if (settings.list + settings.completions.has_value() + !settings.install.empty() > 1)
    return context.usage("options --list, --completions and --install exclude each other");
  if (!settings.list && !context.command.empty())
    return context.usage("extra operand '{}' after {}", context.command.front(), task);
  const bool reports = common.json || !common.json_file.empty();
  if (reports || common.stats || !common.trace.empty())
    return context.usage("option '{}' needs an applet, not {}",
                         reports        ? "--json"
                         : common.stats ? "--stats"
                                        : "--trace",
                         task);
  return std::nullopt;
}

Exit install_links(const Settings& settings) {
  const auto kind = settings.symbolic ? LinkKind::symbolic : LinkKind::hard;
  return install({.directory = settings.install, .kind = kind, .prefix = settings.bare ? "" : "evtool-"});
}

Exit run(Context& context, const Settings& settings) {
  if (const auto refused = check_task(context, settings)) return *refused;
  if (settings.list) return list_tables(context);
  if (settings.completions) return print("", completions(*settings.completions)) ? Exit::done : Exit::failed;
  if (!settings.install.empty()) return install_links(settings);
  if (context.command.empty()) return context.usage("no applet given; 'evtool --help' lists them");
  const Applet* applet = find_applet(context.command.front());
  if (applet == nullptr) return unknown_applet(context.command.front());
  return applet->run.enter({.applet = applet, .words = context.command.subspan(1), .inherited = context.common});
}

/// Unlike an applet the driver leaves help, statistics and trace to the applet that follows, if one does.
Exit enter(const Invocation& invocation) {
  Settings settings;
  Context context(invocation);
  if (const auto early = context.parse_words(&settings)) return *early;
  if (context.command.empty()) {
    if (const auto answered = context.answer_help()) return *answered;
  }
  return run(context, settings);
}

/// `evtool-cat` and `ev-cat` without what comes before the applet's name.
std::string_view without_prefix(std::string_view name) {
  for (const std::string_view prefix : {"evtool-", "ev-"}) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return name;
}

}  // namespace

constinit const Applet driver_applet = checked({
    .name = "evtool",
    .summary = "a toolbox of asynchronous I/O utilities",
    .details = "A link called APPLET, evtool-APPLET or ev-APPLET runs that applet.\n",
    .operands = {.form = "APPLET [ARGUMENT]...", .command = Command::at_first_operand},
    .options = options,
    .run = {.enter = enter, .settings = &identity<Settings>},
});

Exit dispatch(std::span<char* const> arguments) {
  Invocation invocation{.applet = &driver_applet, .words = {}, .inherited = {}};
  if (arguments.empty()) return driver_applet.run.enter(invocation);
  invocation.words = arguments.subspan(1);
  const std::string_view path = arguments.front();
  const auto base = path.substr(path.rfind('/') + 1);
  const auto name = without_prefix(base);
  if (const Applet* applet = find_applet(name)) {
    invocation.applet = applet;
  } else if (name != base) {
    return unknown_applet(name);
  }
  return invocation.applet->run.enter(invocation);
}

}  // namespace evtool
