/// Words into settings: every way to spell an option, and every way to get it wrong.
#include "parse.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace evtool {
namespace {

struct Settings {
  std::string output;
  bool append = false;
  bool number = false;
  int set_by_function = 0;
  std::vector<std::string> tee;
  std::optional<Size> bytes;
  std::uint8_t small = 0;
  When when = When::automatic;
};

void set_many(Settings& settings) {
  ++settings.set_by_function;
}
Exit run(Context&, const Settings&) {
  return Exit::done;
}

constexpr auto options = std::to_array<Option>({
    option<&Settings::output>({.letter = 'o', .name = "output", .value = "FILE", .help = "x"}),
    option<&Settings::append>({.letter = 'a', .name = "append", .help = "x"}),
    option<&Settings::number>({.letter = 'n', .help = "x"}),
    option<&set_many>({.letter = 'A', .name = "many", .help = "x"}),
    option<&Settings::tee>({.name = "tee", .value = "FILE", .help = "x"}),
    option<&Settings::bytes>({.letter = 'b', .name = "bytes", .value = "SIZE", .help = "x"}),
    option<&Settings::small>({.name = "small", .value = "N", .help = "x"}),
    option<&Settings::when>({.name = "when", .value = "WHEN", .help = "x"}),
});

constexpr Applet plain = checked({.name = "thing",
                                  .summary = "does a thing",
                                  .operands = {.form = "[FILE]..."},
                                  .options = options,
                                  .run = entry<run>()});

struct Outcome {
  Settings settings;
  Common common;
  std::vector<std::string> operands;
  std::vector<std::string> command;
  std::string error;
};

Outcome parsed(std::initializer_list<const char*> words, Command command = Command::none) {
  Applet applet = plain;
  applet.operands.command = command;
  std::vector<std::string> copies(words.begin(), words.end());
  std::vector<char*> pointers;
  for (auto& copy : copies)
    pointers.push_back(copy.data());
  Outcome outcome;
  const auto result = parse(applet, pointers, &outcome.settings, outcome.common);
  if (!result) {
    outcome.error = result.error();
    return outcome;
  }
  outcome.operands = result->operands;
  outcome.command.assign(result->command.begin(), result->command.end());
  return outcome;
}

using Words = std::vector<std::string>;

TEST(CmdParse, ValuesAreTakenInEverySpelling) {
  for (const auto& words : {std::initializer_list<const char*>{"--output=/tmp/a b"},
                            {"--output", "/tmp/a b"},
                            {"-o", "/tmp/a b"},
                            {"-o/tmp/a b"},
                            {"-no/tmp/a b"},
                            {"-nao", "/tmp/a b"}}) {
    const auto outcome = parsed(words);
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.settings.output, "/tmp/a b");
    EXPECT_TRUE(outcome.operands.empty());
  }
}

TEST(CmdParse, AValueMayLookLikeAnything) {
  EXPECT_EQ(parsed({"-o", "--"}).settings.output, "--");
  EXPECT_EQ(parsed({"--output", "-n"}).settings.output, "-n");
  EXPECT_EQ(parsed({"--output=a=b,c"}).settings.output, "a=b,c");
  EXPECT_EQ(parsed({"--output=caf\xe9\n"}).settings.output, "caf\xe9\n");
}

TEST(CmdParse, AFileCannotBeCalledNothing) {
  EXPECT_EQ(parsed({"--output="}).error, "--output: '' names no file");
  EXPECT_EQ(parsed({"--output", ""}).error, "--output: '' names no file");
}

TEST(CmdParse, OperandsAndOptionsMix) {
  const auto outcome = parsed({"one", "-n", "-", "two,three", "--", "-a", "--"});
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.settings.number);
  EXPECT_FALSE(outcome.settings.append);
  EXPECT_EQ(outcome.operands, (Words{"one", "-", "two,three", "-a", "--"}));
}

TEST(CmdParse, EmptyWordsAreOperands) {
  EXPECT_EQ(parsed({"", "x", ""}).operands, (Words{"", "x", ""}));
}

TEST(CmdParse, FlagsClusterAndFunctionsAreCalledEachTime) {
  const auto outcome = parsed({"-naA", "--many"});
  EXPECT_TRUE(outcome.settings.number);
  EXPECT_TRUE(outcome.settings.append);
  EXPECT_EQ(outcome.settings.set_by_function, 2);
}

TEST(CmdParse, RepeatableOptionsKeepTheirOrderAndCommas) {
  const auto outcome = parsed({"--tee=a,b", "x", "--tee", "c"});
  EXPECT_EQ(outcome.settings.tee, (Words{"a,b", "c"}));
  EXPECT_EQ(parsed({"-oa", "--output=b"}).settings.output, "b");
}

TEST(CmdParse, CommonOptionsGoToTheCommonSettings) {
  const auto outcome = parsed({"-q", "--color=never", "--backend", "epoll", "--stats"});
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.common.quiet);
  EXPECT_TRUE(outcome.common.stats);
  EXPECT_EQ(outcome.common.color, When::never);
  EXPECT_EQ(outcome.common.backend, evt::Backend::epoll);
}

TEST(CmdParse, ACommandBeginsAfterDashes) {
  const auto outcome = parsed({"5s", "-n", "--", "-a", "--", "x"}, Command::after_dashes);
  EXPECT_EQ(outcome.operands, (Words{"5s"}));
  EXPECT_EQ(outcome.command, (Words{"-a", "--", "x"}));
  EXPECT_FALSE(outcome.settings.append);
}

TEST(CmdParse, ACommandBeginsAtTheFirstOperand) {
  const auto outcome = parsed({"-n", "-o", "file", "cat", "-a", "--", "x"}, Command::at_first_operand);
  EXPECT_EQ(outcome.command, (Words{"cat", "-a", "--", "x"}));
  EXPECT_EQ(outcome.settings.output, "file");
  EXPECT_FALSE(outcome.settings.append);
  EXPECT_EQ(parsed({"--", "-n"}, Command::at_first_operand).command, (Words{"-n"}));
}

TEST(CmdParse, TheFirstOperandIsFoundBehindOptionsAlsoWhereTheyAreWrong) {
  const auto first = [](std::initializer_list<std::string> words) {
    std::vector<std::string> copies(words);
    std::vector<char*> pointers;
    for (auto& copy : copies)
      pointers.push_back(copy.data());
    return std::string(first_operand(plain, pointers));
  };
  EXPECT_EQ(first({"-n", "--output", "file", "-ba", "1", "--tee=x", "one", "two"}), "1");
  EXPECT_EQ(first({"-anb", "x", "--color", "never", "--no-such", "one"}), "one");
  EXPECT_EQ(first({"-n", "--output"}), "");
  EXPECT_EQ(first({"-n", "--", "one"}), "");
  EXPECT_EQ(first({"-"}), "-");
}

TEST(CmdParse, UnknownOptionsAreNamedAndTheNearestIsSuggested) {
  EXPECT_EQ(parsed({"--apend"}).error, "unknown option '--apend'; did you mean '--append'?");
  EXPECT_EQ(parsed({"--frobnicate"}).error, "unknown option '--frobnicate'");
  EXPECT_EQ(parsed({"--frobnicate=5"}).error, "unknown option '--frobnicate'");
  EXPECT_EQ(parsed({"-nZ"}).error, "unknown option '-Z'");
  EXPECT_EQ(parsed({"-5"}).error, "unknown option '-5'");
  for (const char* word : {"--x", "-\xc3\xa9", "--=", "-n=", "--output\xff=1", "---"}) {
    EXPECT_EQ(parsed({word}).error, std::string("unknown option '") + word + "'") << word;
  }
}

TEST(CmdParse, AMissingValueSaysWhatWasExpected) {
  EXPECT_EQ(parsed({"--output"}).error, "option '--output' needs a value: FILE");
  EXPECT_EQ(parsed({"-no"}).error, "option '-o' needs a value: FILE");
}

TEST(CmdParse, AFlagTakesNoValue) {
  for (const char* word : {"--append=yes", "--append=true", "--append="})
    EXPECT_EQ(parsed({word}).error.find("option '--append' takes no value"), 0U) << word;
}

TEST(CmdParse, ARefusedValueIsQuotedWithTheReason) {
  EXPECT_EQ(parsed({"--bytes=10q"}).error,
            "--bytes: '10q' has junk after the number; expected a size such as 64k, 1M or 1GiB");
  EXPECT_EQ(parsed({"-b", "-5"}).error, "--bytes: '-5' is negative; expected a size such as 64k, 1M or 1GiB");
  EXPECT_EQ(parsed({"--small=256"}).error, "--small: '256' is too large; expected a whole number");
  EXPECT_EQ(parsed({"--small=255"}).settings.small, 255);
  EXPECT_EQ(parsed({"--when=maybe"}).error, "--when: 'maybe' is none of auto, always and never");
  EXPECT_EQ(parsed({"--backend=simulated"}).error, "--backend: 'simulated' is none of auto, io_uring and epoll");
}

}  // namespace
}  // namespace evtool
