/// Points in time as people write them, in a time zone with summer time.
#include "timer/moment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace evtool::timer {
namespace {

using namespace std::chrono_literals;
using evt::nanoseconds;

class TimerMoment : public testing::Test {
 protected:
  // The rules of central Europe, written out: no file of time zones is needed.
  void SetUp() override {
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }

  static nanoseconds at(std::int64_t seconds) { return std::chrono::seconds(seconds); }
  // 2026-11-25T15:00:00Z, 16:00 there.
  static constexpr nanoseconds now = std::chrono::seconds{1795618800};
};

TEST_F(TimerMoment, Rfc3339WithZOrAnOffset) {
  for (const char* text : {"2026-11-25T15:30:00Z", "2026-11-25t15:30:00z", "2026-11-25 15:30Z",
                           "2026-11-25T16:30:00+01:00", "2026-11-25T10:00:00-05:30", "2026-11-25T15:30:00.0Z"})
    EXPECT_EQ(parse_moment(text, now), now + 30min) << text;
  EXPECT_EQ(parse_moment("1970-01-01T00:00:00Z", now), 0ns);
  EXPECT_EQ(parse_moment("1969-12-31T23:59:59Z", now), -1s);
  EXPECT_EQ(parse_moment("2026-11-25T15:00:00.123456789999Z", now), now + 123456789ns);
  EXPECT_EQ(parse_moment("2024-02-29T00:00:00Z", now), at(1709164800));
  EXPECT_EQ(parse_moment("2016-12-31T23:59:60Z", now), at(1483228800));
}

TEST_F(TimerMoment, WithoutAnOffsetItIsLocalTimeSummerOrWinter) {
  EXPECT_EQ(parse_moment("2026-11-25T16:30:00", now), now + 30min);
  EXPECT_EQ(parse_moment("2026-07-01 12:00", now), parse_moment("2026-07-01T10:00:00Z", now));
}

TEST_F(TimerMoment, ATimeOfDayIsTheNextOne) {
  EXPECT_EQ(parse_moment("16:30", now), now + 30min);
  EXPECT_EQ(parse_moment("16:00:00.5", now), now + 500ms);
  EXPECT_EQ(parse_moment("16:00", now), now + 24h) << "now is over";
  EXPECT_EQ(parse_moment("15:59:59", now), now + 24h - 1s);
  EXPECT_EQ(parse_moment("00:00", now), now + 8h);
}

TEST_F(TimerMoment, TomorrowMayHave23Or25Hours) {
  const auto before_summer = *parse_moment("2026-03-28T12:00:00", now);
  EXPECT_EQ(parse_moment("11:00", before_summer), before_summer + 22h);
  const auto before_winter = *parse_moment("2026-10-24T12:00:00", now);
  EXPECT_EQ(parse_moment("11:00", before_winter), before_winter + 24h);
}

TEST_F(TimerMoment, ATimeThatSummerLeavesOutIsAnHourLater) {
  EXPECT_EQ(parse_moment("2026-03-29T02:30:00", now), parse_moment("2026-03-29T03:30:00", now));
}

TEST_F(TimerMoment, SecondsSince1970) {
  EXPECT_EQ(parse_moment("@0", now), 0ns);
  EXPECT_EQ(parse_moment("@1795618800.25", now), now + 250ms);
}

TEST_F(TimerMoment, AnythingElseIsRefused) {
  for (const char* text : {"",
                           "@",
                           "@-1",
                           "@5m",
                           "@x",
                           "@99999999999999999999",
                           "now",
                           "15",
                           "24:00",
                           "12:60",
                           "12:3",
                           "1:30",
                           "12:30:61",
                           "12:30:00.",
                           "12:30x",
                           "2026-11-25",
                           "2026-11-25T",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "26-11-25T00:00:00Z",
                           "2026-11-25T15:30:00+1:00",
                           "2026-11-25T15:30:00Zulu",
                           "2026-11-25T15:30:00+24:00",
                           "9999-01-01T00:00:00Z",
                           "0000-00-00T00:00:00Z",
                           "-2026-11-25T00:00Z"})
    EXPECT_FALSE(parse_moment(text, now)) << text;
}

}  // namespace
}  // namespace evtool::timer
