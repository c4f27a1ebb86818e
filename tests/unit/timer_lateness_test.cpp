/// How late a timer was, in words and bars.
#include "timer/lateness.hpp"

#include <gtest/gtest.h>

namespace evtool::timer {
namespace {

TEST(TimerLateness, OctavesCountEveryValueOnce) {
  Histogram histogram;
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3},
                                    std::uint64_t{1023}, std::uint64_t{1024}, std::uint64_t{2047}, UINT64_MAX})
    histogram.record(value);
  EXPECT_EQ(histogram.count_in_octave(1), 2U);
  EXPECT_EQ(histogram.count_in_octave(2), 2U);
  EXPECT_EQ(histogram.count_in_octave(10), 1U);
  EXPECT_EQ(histogram.count_in_octave(11), 2U);
  EXPECT_EQ(histogram.count_in_octave(12), 0U);
  EXPECT_EQ(histogram.count_in_octave(64), 1U);
}

TEST(TimerLateness, IsToldByItsPercentiles) {
  Lateness lateness;
  for (int index = 1; index <= 200; ++index)
    lateness.record(Duration{index});
  EXPECT_EQ(lateness.phrase(), "p50 100 ns, p99 198 ns, max 200 ns");
}

TEST(TimerLateness, HasALineForEveryPowerOfTwoInBetweenAndTheLongestBarIsFortyColumns) {
  Lateness lateness;
  EXPECT_EQ(lateness.drawing(false), "");
  lateness.record(Duration{3});
  for (int index = 0; index < 160; ++index)
    lateness.record(Duration{14});
  EXPECT_EQ(lateness.drawing(false),
            "     <= 3 ns         1 #\n     <= 7 ns         0 \n    <= 15 ns       160 " + std::string(40, '#') + "\n");
  EXPECT_TRUE(lateness.drawing(true).starts_with("     <= 3 ns         1 ▎\n"));
}

}  // namespace
}  // namespace evtool::timer
