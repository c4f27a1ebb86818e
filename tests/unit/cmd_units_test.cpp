/// Sizes, rates, durations and counts: what is taken, and what must be refused, with the reason.
#include "units.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace evtool {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kibi = 1024;

struct SizeCase {
  std::string_view text;
  std::uint64_t bytes;
};

TEST(CmdUnits, SizesAreTakenInEverySpelling) {
  for (const auto& [text, bytes] : {SizeCase{"0", 0},
                                    {"17", 17},
                                    {"17B", 17},
                                    {"64k", 64 * kibi},
                                    {"64K", 64 * kibi},
                                    {"64KiB", 64 * kibi},
                                    {"10kB", 10'000},
                                    {"10KB", 10'000},
                                    {"1M", kibi * kibi},
                                    {"1MB", 1'000'000},
                                    {"1GiB", kibi * kibi * kibi},
                                    {"1.5k", 1536},
                                    {".5k", 512},
                                    {"1.1M", 1'153'433},
                                    {"2T", 2 * kibi * kibi * kibi * kibi},
                                    {"7E", 7 * (kibi << 50)},
                                    {"9223372036854775807", 9223372036854775807U}}) {
    const auto size = parse_size(text);
    ASSERT_TRUE(size) << text << ' ' << size.error();
    EXPECT_EQ(size->bytes, bytes) << text;
  }
}

struct Refused {
  std::string_view text;
  std::string_view reason;
};

TEST(CmdUnits, SizesThatMakeNoSenseAreRefusedWithTheReason) {
  for (const auto& [text, reason] : {Refused{"", "is not a number"},
                                     {"-1", "is negative"},
                                     {"-0", "is negative"},
                                     {"nan", "is not a number"},
                                     {"inf", "is not a number"},
                                     {"+1", "is not a number"},
                                     {" 1", "is not a number"},
                                     {"k", "is not a number"},
                                     {".", "is not a number"},
                                     {"1.", "has junk after the number"},
                                     {"1 k", "has junk after the number"},
                                     {"1kk", "has junk after the number"},
                                     {"1kib", "has junk after the number"},
                                     {"1k ", "has junk after the number"},
                                     {"0x10", "has junk after the number"},
                                     {"1e3", "has junk after the number"},
                                     {"1,5k", "has junk after the number"},
                                     {"1.5", "is not a whole number of bytes"},
                                     {"8E", "is too large"},
                                     {"9223372036854775808", "is too large"},
                                     {"18446744073709551616", "is too large"},
                                     {"99999999999999999999999", "is too large"},
                                     {"16777216T", "is too large"}}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error(), reason) << text;
  }
}

TEST(CmdUnits, FractionsOfTheLargestUnitsAreExactToTheByte) {
  EXPECT_EQ(parse_size("0.000000001E")->bytes, (kibi << 50) / 1'000'000'000);
  EXPECT_EQ(parse_size("1.999999999E")->bytes, (kibi << 50) + (kibi << 50) / 1'000'000'000 * 999'999'999 +
                                                   (kibi << 50) % 1'000'000'000 * 999'999'999 / 1'000'000'000);
}

TEST(CmdUnits, RatesAreSizesASecondAndNeverZero) {
  EXPECT_EQ(parse_rate("10k/s")->per_second, 10 * kibi);
  EXPECT_EQ(parse_rate("10M")->per_second, 10 * kibi * kibi);
  for (const auto& [text, reason] : {Refused{"0", "is zero"},
                                     {"0/s", "is zero"},
                                     {"-5k/s", "is negative"},
                                     {"10/m", "has junk after the number"},
                                     {"/s", "is not a number"},
                                     {"10k/s/s", "has junk after the number"}}) {
    const auto rate = parse_rate(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_EQ(rate.error(), reason) << text;
  }
}

struct DurationCase {
  std::string_view text;
  Duration duration;
};

TEST(CmdUnits, DurationsAreTakenInEverySpelling) {
  for (const auto& [text, duration] : {DurationCase{"250us", 250us},
                                       {"250ms", 250ms},
                                       {"5s", 5s},
                                       {"1m30s", 90s},
                                       {"1.5h", 90min},
                                       {"2d", 48h},
                                       {"7", 7s},
                                       {"0", 0s},
                                       {".5", 500ms},
                                       {"0.25", 250ms},
                                       {"1h2m3s4ms5us6ns", 1h + 2min + 3s + 4ms + 5us + 6ns},
                                       {"inf", forever},
                                       {"infinity", forever},
                                       {"1.0000000019s", 1s + 1ns}}) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text << ' ' << parsed.error();
    EXPECT_EQ(*parsed, duration) << text;
  }
}

TEST(CmdUnits, DurationsThatMakeNoSenseAreRefusedWithTheReason) {
  for (const auto& [text, reason] : {Refused{"", "is not a number"},
                                     {"-1s", "is negative"},
                                     {"nan", "is not a number"},
                                     {"s", "is not a number"},
                                     {"1x", "has junk after the number"},
                                     {"1S", "has junk after the number"},
                                     {"1m30", "has junk after the number"},
                                     {"5s ", "has junk after the number"},
                                     {"1s-1s", "has junk after the number"},
                                     {"infx", "is not a number"},
                                     {"1s1m", "has its units out of order"},
                                     {"1s1s", "has its units out of order"},
                                     {"1000000d", "is too large"},
                                     {"9223372036.854775807s", "is too large"},
                                     {"99999999999999999999", "is too large"},
                                     {"1m99999999999999999999s", "is too large"}}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error(), reason) << text;
  }
}

TEST(CmdUnits, TheLongestFiniteDurationIsNotForever) {
  EXPECT_EQ(*parse_duration("9223372036.854775806s"), forever - 1ns);
}

TEST(CmdUnits, CountsAreDigitsOnly) {
  EXPECT_EQ(*parse_count("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const auto& [text, reason] : {Refused{"18446744073709551616", "is too large"},
                                     {"-1", "is negative"},
                                     {"", "is not a number"},
                                     {"+1", "is not a number"},
                                     {"x", "is not a number"},
                                     {"1k", "has junk after the number"}}) {
    const auto count = parse_count(text);
    ASSERT_FALSE(count) << text;
    EXPECT_EQ(count.error(), reason) << text;
  }
}

TEST(CmdUnits, SizesAreShownWithOneDecimal) {
  EXPECT_EQ(show_size(0), "0 B");
  EXPECT_EQ(show_size(1023), "1023 B");
  EXPECT_EQ(show_size(1024), "1.0 KiB");
  EXPECT_EQ(show_size(1536), "1.5 KiB");
  EXPECT_EQ(show_size(1023 * kibi), "1023 KiB");
  EXPECT_EQ(show_size(kibi * kibi), "1.0 MiB");
  EXPECT_EQ(show_size(std::numeric_limits<std::uint64_t>::max()), "15.9 EiB");
}

TEST(CmdUnits, TimesAreShownInTheUnitThatFits) {
  EXPECT_EQ(show_duration(830ns), "830 ns");
  EXPECT_EQ(show_duration(12'500ns), "12.5 us");
  EXPECT_EQ(show_duration(1'200us), "1.2 ms");
  EXPECT_EQ(show_duration(1'250ms), "1.2 s");
  EXPECT_EQ(show_clock(7s), "0:07");
  EXPECT_EQ(show_clock(3723s), "1:02:03");
}

}  // namespace
}  // namespace evtool
