/// A malformed table is refused; checked() turns every one of these reasons into a compile error.
#include "applet.hpp"
#include "suggest.hpp"

#include <gtest/gtest.h>

namespace evtool {
namespace {

struct Settings {
  std::string text;
  bool flag = false;
};
struct OtherSettings {
  bool flag = false;
};
Exit run(Context&, const Settings&) {
  return Exit::done;
}

constexpr Option good = option<&Settings::flag>({.letter = 'x', .name = "extra", .help = "do more"});

Applet applet_with(std::span<const Option> options) {
  return {.name = "thing",
          .summary = "does a thing",
          .details = "",
          .operands = {.form = "[FILE]..."},
          .options = options,
          .run = entry<run>()};
}

std::string_view problem_with(Option changed) {
  return problem_of(applet_with({&changed, 1}));
}

TEST(CmdApplet, AGoodTableHasNoProblem) {
  EXPECT_EQ(problem_with(good), "");
}

TEST(CmdApplet, ReservedLettersAndCommonNamesCannotBeTaken) {
  for (const char letter : {'h', 'V', 'q'}) {
    EXPECT_EQ(problem_with(option<&Settings::flag>({.letter = letter, .help = "x"})),
              "an option takes a reserved letter: -h -V -q");
  }
  for (const std::string_view name : {"help", "json", "trace", "backend"}) {
    EXPECT_EQ(problem_with(option<&Settings::flag>({.name = name, .help = "x"})),
              "an option takes the name of a common one");
  }
}

TEST(CmdApplet, ValuesAndFlagsMustNotBeMixedUp) {
  EXPECT_EQ(problem_with(option<&Settings::flag>({.name = "extra", .value = "FILE", .help = "x"})),
            "a flag names a value");
  EXPECT_EQ(problem_with(option<&Settings::text>({.name = "extra", .help = "x"})),
            "an option takes a value but does not name it");
}

TEST(CmdApplet, HelpMustBeOneShortPhrase) {
  EXPECT_EQ(problem_with(option<&Settings::flag>({.name = "extra"})), "an option has no help");
  for (const std::string_view help :
       {"ends.", "two\nlines", "a\ttab", " starts late", "much too long to fit beside the option in a terminal of 80"})
    EXPECT_EQ(problem_with(option<&Settings::flag>({.name = "extra", .help = help})),
              "an option's help is not one short phrase without a full stop")
        << help;
}

TEST(CmdApplet, NamesAndLettersMustBeSpellable) {
  EXPECT_EQ(problem_with(option<&Settings::flag>({.help = "x"})), "an option has neither letter nor name");
  EXPECT_EQ(problem_with(option<&Settings::flag>({.letter = '-', .help = "x"})),
            "an option's letter is no letter or digit");
  for (const std::string_view name : {"a", "Upper", "under_score", "-dash", "dash-", "with space"})
    EXPECT_EQ(problem_with(option<&Settings::flag>({.name = name, .help = "x"})),
              "an option's name is not lower-case-with-dashes")
        << name;
}

TEST(CmdApplet, NothingIsSpelledTwice) {
  const Option letters[] = {good, option<&Settings::flag>({.letter = 'x', .help = "x"})};
  EXPECT_EQ(problem_of(applet_with(letters)), "two options have the same letter");
  const Option names[] = {good, option<&Settings::flag>({.name = "extra", .help = "x"})};
  EXPECT_EQ(problem_of(applet_with(names)), "two options have the same name");
}

TEST(CmdApplet, OptionsBelongToTheSettingsThatRunTakes) {
  EXPECT_EQ(problem_with(option<&OtherSettings::flag>({.name = "extra", .help = "x"})),
            "an option is bound to the settings of another applet");
}

TEST(CmdApplet, TheAppletItselfIsCheckedToo) {
  const auto problem = [](auto change) {
    Applet applet = applet_with({&good, 1});
    change(applet);
    return problem_of(applet);
  };
  EXPECT_EQ(problem([](Applet& applet) { applet.name = "Thing"; }), "the applet's name is not lower-case-with-dashes");
  EXPECT_EQ(problem([](Applet& applet) { applet.summary = "Does."; }),
            "the summary is not one short phrase without a full stop");
  EXPECT_EQ(problem([](Applet& applet) { applet.details = "no newline"; }), "the details do not end with a newline");
  EXPECT_EQ(problem([](Applet& applet) { applet.operands = {.form = "A", .least = 2, .most = 1}; }),
            "the operands have a minimum above their maximum");
  EXPECT_EQ(problem([](Applet& applet) { applet.operands = {}; }), "the operands have no form to show");
}

TEST(CmdSuggest, TheNearestNameIsSuggestedUnlessTwoAreAsNear) {
  constexpr std::string_view names[] = {"cat", "relay", "timer", "dial"};
  EXPECT_EQ(suggestion("cta", names), "; did you mean 'cat'?");
  EXPECT_EQ(suggestion("timr", names), "; did you mean 'timer'?");
  EXPECT_EQ(suggestion("rel", names), "; did you mean 'relay'?");
  EXPECT_EQ(suggestion("dail", names), "; did you mean 'dial'?");
  EXPECT_EQ(suggestion("xyzzy", names), "");
  EXPECT_EQ(suggestion("", names), "");
  constexpr std::string_view twins[] = {"append", "appear"};
  EXPECT_EQ(suggestion("appe", twins), "");
  EXPECT_EQ(suggestion("appex", twins), "");
}

}  // namespace
}  // namespace evtool
