/// The ring of posts: order, fullness, laps, many producers at once.
#include "base/post_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace evt::detail {
namespace {

struct Item {
  unsigned producer;
  unsigned number;
};

TEST(BasePostRing, GivesBackInOrderAndThenIsEmpty) {
  PostRing<int> ring(4);
  ASSERT_TRUE(ring.check());
  int item = -1;
  EXPECT_TRUE(ring.empty());
  EXPECT_FALSE(ring.pop(item));
  EXPECT_TRUE(ring.push(1));
  EXPECT_TRUE(ring.push(2));
  EXPECT_FALSE(ring.empty());
  EXPECT_TRUE(ring.pop(item));
  EXPECT_EQ(item, 1);
  EXPECT_TRUE(ring.pop(item));
  EXPECT_EQ(item, 2);
  EXPECT_FALSE(ring.pop(item));
  EXPECT_TRUE(ring.empty());
}

/// How many go in before it is full.
template <class Ring>
int fill(Ring& ring) {
  int count = 0;
  while (count < 100 && ring.push(count))
    ++count;
  return count;
}

TEST(BasePostRing, HoldsItsCapacityRoundedUpAndRefusesMore) {
  PostRing<int> none(0);
  EXPECT_EQ(fill(none), 2);
  PostRing<int> five(5);
  EXPECT_EQ(fill(five), 8);
  PostRing<int> eight(8);
  EXPECT_EQ(fill(eight), 8);
}

TEST(BasePostRing, APopMakesRoomForExactlyOne) {
  PostRing<int> ring(4);
  ASSERT_EQ(fill(ring), 4);
  int item = -1;
  ASSERT_TRUE(ring.pop(item));
  EXPECT_TRUE(ring.push(50));
  EXPECT_FALSE(ring.push(51));
}

TEST(BasePostRing, KeepsOrderOverManyLapsAtEveryFillLevel) {
  for (int level = 1; level <= 4; ++level) {
    PostRing<int> ring(4);
    int pushed = 0;
    int popped = 0;
    for (int step = 0; step < 1000; ++step) {
      while (pushed - popped < level)
        ASSERT_TRUE(ring.push(pushed++));
      int item = -1;
      ASSERT_TRUE(ring.pop(item));
      ASSERT_EQ(item, popped++);
    }
  }
}

TEST(BasePostRing, ThreadsLoseNothingAndKeepTheirOwnOrder) {
  constexpr unsigned producers = 4;
  constexpr unsigned each = 20'000;
  PostRing<Item> ring(16);
  std::atomic<unsigned> refused{0};
  std::vector<std::thread> threads;
  for (unsigned producer = 0; producer < producers; ++producer) {
    threads.emplace_back([&, producer] {
      for (unsigned number = 0; number < each;) {
        if (ring.push({producer, number})) {
          ++number;
        } else {
          ++refused;
          std::this_thread::yield();
        }
      }
    });
  }
  unsigned expected[producers] = {};
  unsigned disorder = 0;
  for (unsigned received = 0; received < producers * each;) {
    Item item{};
    if (!ring.pop(item)) {
      std::this_thread::yield();
      continue;
    }
    ++received;
    if (item.number != expected[item.producer]++) ++disorder;
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(disorder, 0U);
  EXPECT_TRUE(ring.empty());
  EXPECT_GT(refused, 0U) << "the ring was never full: the test shows less than it should";
}

}  // namespace
}  // namespace evt::detail
