/// What a command printed, as cells of a screen.
#include "timer/grid.hpp"

#include <gtest/gtest.h>

namespace evtool::timer {
namespace {

std::string plain(std::string_view text, GridSize size = {.columns = 20, .rows = 5}) {
  return Grid(text, size).drawn({}, Changes::plain);
}

std::string changed(std::string_view before, std::string_view after) {
  constexpr GridSize size{.columns = 20, .rows = 5};
  return Grid(after, size).drawn(Grid(before, size), Changes::reversed);
}

TEST(TimerGrid, LinesAreRowsEachWithItsRestCleared) {
  EXPECT_EQ(plain("one\ntwo\n"), "one\x1b[K\r\ntwo\x1b[K");
  EXPECT_EQ(plain(""), "\x1b[K");
  EXPECT_EQ(plain("a\n\nb"), "a\x1b[K\r\n\x1b[K\r\nb\x1b[K");
}

TEST(TimerGrid, LongLinesWrapAndWhatDoesNotFitIsCutOff) {
  EXPECT_EQ(plain("abcdef", {.columns = 4, .rows = 5}), "abcd\x1b[K\r\nef\x1b[K");
  EXPECT_EQ(plain("a\nb\nc\n", {.columns = 4, .rows = 2}), "a\x1b[K\r\nb\x1b[K");
  EXPECT_EQ(plain("abcdefghij", {.columns = 4, .rows = 2}), "abcd\x1b[K\r\nefgh\x1b[K");
  EXPECT_EQ(plain("abc", {.columns = 0, .rows = 2}), "");
}

TEST(TimerGrid, TabsGoToEveryEighthColumn) {
  EXPECT_EQ(plain("a\tb"), "a       b\x1b[K");
  EXPECT_EQ(plain("12345678\tb"), "12345678        b\x1b[K");
}

TEST(TimerGrid, NothingInItDrivesTheTerminal) {
  EXPECT_EQ(plain("\x1b[31mred\x1b[0m\x1b]0;title\a!"), "red!\x1b[K");
  EXPECT_EQ(plain("\x1b]0;title\x1b\\x\x1b(By\x1b"), "xy\x1b[K");
  EXPECT_EQ(plain("\x1b[99999"), "\x1b[K");
  EXPECT_EQ(plain("a\x07\xff\u202e"), "a\\x07\\xff\\u202e\x1b[K");
  EXPECT_EQ(plain("a\r\nb"), "a\x1b[K\r\nb\x1b[K");
}

TEST(TimerGrid, WideCharactersTakeTwoColumnsAndMarksNone) {
  EXPECT_EQ(plain("中文字", {.columns = 5, .rows = 2}), "中文\x1b[K\r\n字\x1b[K");
  EXPECT_EQ(plain("e\u0301f", {.columns = 2, .rows = 1}), "e\u0301f\x1b[K");
  EXPECT_EQ(columns_of(U'é'), 1U);
  EXPECT_EQ(columns_of(U'😀'), 2U);
  EXPECT_EQ(columns_of(0x301), 0U);
}

TEST(TimerGrid, MarksCannotPileUpWithoutBound) {
  std::string text = "e";
  for (int mark = 0; mark < 10000; ++mark)
    text += "\u0301";
  EXPECT_LT(plain(text).size(), 64U);
}

TEST(TimerGrid, WhatChangedIsShownInReverse) {
  EXPECT_EQ(changed("load 1.5", "load 2.5"), "load \x1b[7m2\x1b[27m.5\x1b[K");
  EXPECT_EQ(changed("same", "same"), "same\x1b[K");
  EXPECT_EQ(changed("a", "a b"), "a \x1b[7mb\x1b[27m\x1b[K") << "a blank that was blank is no change";
  EXPECT_EQ(changed("", "x\n"), "\x1b[7mx\x1b[27m\x1b[K");
}

}  // namespace
}  // namespace evtool::timer
