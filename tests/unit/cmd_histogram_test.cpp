/// The histogram's promises: exact counts, and percentiles within a bucket of the truth.
#include "histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace evtool {
namespace {

TEST(CmdHistogram, EmptyHasZeroEverywhere) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min(), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  EXPECT_EQ(histogram.percentile(99), 0U);
}

TEST(CmdHistogram, SmallValuesAreExact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value)
    histogram.record(value);
  EXPECT_EQ(histogram.count(), 200U);
  EXPECT_EQ(histogram.percentile(0), 1U);
  EXPECT_EQ(histogram.percentile(50), 100U);
  EXPECT_EQ(histogram.percentile(99), 198U);
  EXPECT_EQ(histogram.percentile(99.5), 199U);
  EXPECT_EQ(histogram.percentile(100), 200U);
}

TEST(CmdHistogram, OneValueIsEveryPercentile) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{1'000'003}, UINT64_MAX}) {
    Histogram histogram;
    histogram.record(value);
    EXPECT_EQ(histogram.min(), value);
    EXPECT_EQ(histogram.max(), value);
    for (const double percent : {0.0, 50.0, 99.0, 100.0})
      EXPECT_EQ(histogram.percentile(percent), value);
  }
}

TEST(CmdHistogram, PercentilesStayWithinOnePercentOfTheSortedValues) {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int index = 0; index < 20'000; ++index) {
    values.push_back(random() >> (random() % 64));
    histogram.record(values.back());
  }
  std::ranges::sort(values);
  EXPECT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  for (const std::size_t percent : {1U, 10U, 50U, 90U, 99U}) {
    const auto truth = values[values.size() * percent / 100 - 1];
    const auto found = histogram.percentile(static_cast<double>(percent));
    EXPECT_GE(found, truth) << percent;
    EXPECT_LE(static_cast<double>(found), static_cast<double>(truth) * (1 + 1.0 / 128)) << percent;
  }
}

}  // namespace
}  // namespace evtool
