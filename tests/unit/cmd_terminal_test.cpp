/// What reaches a terminal: escapes, UTF-8, and the precedence of the colour variables.
#include "terminal.hpp"
#include "utf8.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace evtool {
namespace {

TEST(CmdTerminal, PlainTextPassesUntouched) {
  EXPECT_EQ(escaped("file name \\ 'quoted' \u00e9\u4e2d\U0001f600"), "file name \\ 'quoted' \u00e9\u4e2d\U0001f600");
}

TEST(CmdTerminal, C0AndDelAreMadeVisible) {
  EXPECT_EQ(escaped("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(escaped("\x1b]0;title\x07\x7f"), "\\x1b]0;title\\x07\\x7f");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
}

TEST(CmdTerminal, C1AndBidiControlsAreMadeVisible) {
  EXPECT_EQ(escaped("\u009b31m"), "\\u009b31m");
  EXPECT_EQ(escaped("\u202egpj.exe\u2069\u200f\u061c\u2028"), "\\u202egpj.exe\\u2069\\u200f\\u061c\\u2028");
}

TEST(CmdTerminal, BytesThatAreNotUtf8AreMadeVisible) {
  EXPECT_EQ(escaped("\x9b\xff"), "\\x9b\\xff");
  EXPECT_EQ(escaped("a\xc3"), "a\\xc3");
  EXPECT_EQ(escaped("\xc0\x9b"), "\\xc0\\x9b");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(CmdTerminal, Utf8IsStrict) {
  for (const std::string_view text : {"", "abc", "\u00e9", "\uffff", "\U0010ffff"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const std::string_view text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xed\xbf\xbf",
                                      "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(text));
}

class CmdColour : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"NO_COLOR", "CLICOLOR_FORCE"})
      unsetenv(name);
    setenv("TERM", "xterm", 1);
  }
  static constexpr int no_terminal = -1;
};

TEST_F(CmdColour, AlwaysAndNeverDecideAlone) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_TRUE(colour_wanted(When::always, no_terminal));
  setenv("CLICOLOR_FORCE", "1", 1);
  EXPECT_FALSE(colour_wanted(When::never, no_terminal));
}

TEST_F(CmdColour, NoColorBeatsForceAndForceBeatsADumbTerminal) {
  EXPECT_FALSE(colour_wanted(When::automatic, no_terminal));
  setenv("CLICOLOR_FORCE", "1", 1);
  setenv("TERM", "dumb", 1);
  EXPECT_TRUE(colour_wanted(When::automatic, no_terminal));
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(colour_wanted(When::automatic, no_terminal));
}

TEST_F(CmdColour, EmptyNoColorAndForceZeroSayNothing) {
  setenv("CLICOLOR_FORCE", "0", 1);
  EXPECT_FALSE(colour_wanted(When::automatic, no_terminal));
  setenv("NO_COLOR", "", 1);
  setenv("CLICOLOR_FORCE", "1", 1);
  EXPECT_TRUE(colour_wanted(When::automatic, no_terminal));
}

}  // namespace
}  // namespace evtool
