/// --rate-limit, and how large pipes may become: arithmetic.
#include "cat/pacer.hpp"
#include "cat/pipe_size.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace evtool::cat {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(CatPacer, ChunksAreATenthOfASecondsWorthAndNeverNothing) {
  EXPECT_EQ(Pacer(Rate{1000}).chunk(65536), 100U);
  EXPECT_EQ(Pacer(Rate{1}).chunk(65536), 1U);
  EXPECT_EQ(Pacer(Rate{1 << 30}).chunk(65536), 65536U);
}

TEST(CatPacer, TheAverageIsExactHoweverSmallTheChunks) {
  Pacer pacer(Rate{3});
  nanoseconds due{0};
  for (int byte = 0; byte < 3000; ++byte)
    due = pacer.moved(1, nanoseconds{0});
  EXPECT_EQ(due, seconds(1000));
}

TEST(CatPacer, TimeInWhichNothingCameIsNotSavedUp) {
  Pacer pacer(Rate{100});
  EXPECT_EQ(pacer.moved(100, seconds(1)), seconds(2));
  EXPECT_EQ(pacer.moved(100, seconds(60)), seconds(61));
  EXPECT_EQ(pacer.moved(50, seconds(60)), seconds(61) + nanoseconds(500'000'000));
}

TEST(CatPacer, HugeCountsDoNotOverflow) {
  Pacer pacer(Rate{1});
  EXPECT_EQ(pacer.moved(UINT64_MAX, seconds(1)) > seconds(1), true);
  Pacer fast(Rate{INT64_MAX});
  EXPECT_LE(fast.moved(INT64_MAX, seconds(1)), seconds(2));
}

TEST(CatPipeSize, IsAMebibyteUnlessThatIsMoreThanHalfOfTheQuota) {
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 16384, .page_bytes = 4096}, 2), 1U << 20);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 0, .page_bytes = 4096}, 2), 1U << 20);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 512, .page_bytes = 4096}, 1), 1U << 20);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 512, .page_bytes = 4096}, 2), 1U << 19);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 100, .page_bytes = 4096}, 1), 131072U);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = 1, .page_bytes = 4096}, 1), 0U);
  EXPECT_EQ(wanted_pipe_bytes({.soft_pages = UINT64_MAX, .page_bytes = 65536}, 1), 1U << 20);
}

TEST(CatPipeSize, PipesGrowAndNeverShrink) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const auto before = enlarge_pipe(ends[0], 0);
  EXPECT_EQ(enlarge_pipe(ends[1], 4096), before);
  EXPECT_EQ(enlarge_pipe(ends[1], 2 * before), 2 * before);
  EXPECT_EQ(enlarge_pipe(ends[0], before), 2 * before);
  ::close(ends[0]);
  ::close(ends[1]);
  const int file = ::open("/dev/null", O_RDONLY);
  EXPECT_EQ(enlarge_pipe(file, 1 << 20), 0U);
  ::close(file);
}

}  // namespace
}  // namespace evtool::cat
