/// When ticks are due, and what is skipped.
#include "timer/schedule.hpp"

#include <gtest/gtest.h>

namespace evtool::timer {
namespace {

using namespace std::chrono_literals;

TEST(TimerSchedule, TicksLieOnAGrid) {
  Schedule schedule({.first = 5s, .interval = 3s}, 1);
  for (int tick = 0; tick < 1000; ++tick) {
    EXPECT_EQ(schedule.due(), 5s + tick * 3s);
    schedule.advance();
  }
}

TEST(TimerSchedule, WhatIsOverIsSkippedAndTheGridStays) {
  Schedule schedule({.first = 10s, .interval = 3s}, 1);
  EXPECT_EQ(schedule.skip_until(9s), 0U);
  EXPECT_EQ(schedule.due(), 10s);
  EXPECT_EQ(schedule.skip_until(10s), 1U);
  EXPECT_EQ(schedule.due(), 13s);
  EXPECT_EQ(schedule.skip_until(20s), 3U);
  EXPECT_EQ(schedule.due(), 22s);
}

TEST(TimerSchedule, SplayDelaysEachTickAnewAndMovesNone) {
  Schedule schedule({.first = 0s, .interval = 1s, .splay = 500ms}, 7);
  bool delayed = false;
  for (int tick = 0; tick < 1000; ++tick) {
    EXPECT_GE(schedule.due(), tick * 1s);
    EXPECT_LE(schedule.due(), tick * 1s + 500ms);
    delayed = delayed || schedule.due() > tick * 1s + 400ms;
    schedule.advance();
  }
  EXPECT_TRUE(delayed);
}

TEST(TimerSchedule, WhatLiesPastTheEndOfTheClockNeverComes) {
  Schedule schedule({.first = 1s, .interval = forever, .splay = 0s}, 1);
  schedule.advance();
  EXPECT_EQ(schedule.due(), evt::never);
  schedule.advance();
  EXPECT_EQ(schedule.due(), evt::never);
  EXPECT_EQ(schedule.skip_until(100s), 0U);
}

}  // namespace
}  // namespace evtool::timer
