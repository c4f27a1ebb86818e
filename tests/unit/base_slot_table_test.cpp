/// The table of slots: numbers are found while their item lives, and used again after.
#include "base/slot_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

namespace evt::detail {
namespace {

TEST(BaseSlotTable, SlotZeroIsNeverGivenOut) {
  SlotTable<int> table;
  int item = 1;
  EXPECT_EQ(table.find(0), nullptr);
  EXPECT_NE(table.insert(&item), 0U);
  EXPECT_EQ(table.find(0), nullptr);
}

TEST(BaseSlotTable, FindsWhatLivesAndNothingElse) {
  SlotTable<int> table;
  int first = 1;
  int second = 2;
  const std::uint32_t a = table.insert(&first);
  const std::uint32_t b = table.insert(&second);
  EXPECT_NE(a, b);
  EXPECT_EQ(table.find(a), &first);
  EXPECT_EQ(table.find(b), &second);
  table.erase(a);
  EXPECT_EQ(table.find(a), nullptr);
  EXPECT_EQ(table.find(b), &second);
  EXPECT_EQ(table.find(b + 1), nullptr);
  EXPECT_EQ(table.find(0xffffffff), nullptr);
}

TEST(BaseSlotTable, AFreedSlotIsUsedBeforeTheTableGrows) {
  SlotTable<int> table;
  std::vector<int> items(100);
  std::set<std::uint32_t> slots;
  for (int& item : items)
    slots.insert(table.insert(&item));
  ASSERT_EQ(slots.size(), items.size());
  for (const std::uint32_t slot : slots)
    table.erase(slot);
  for (int& item : items)
    EXPECT_TRUE(slots.contains(table.insert(&item)));
}

TEST(BaseSlotTable, AVisitMayEraseAndInsert) {
  SlotTable<int> table;
  std::vector<int> items(40);
  std::map<const int*, std::uint32_t> slots;
  for (int& item : items)
    slots[&item] = table.insert(&item);
  int late = 7;
  int visits = 0;
  table.for_each([&](int& item) {
    ++visits;
    if (&item == &late) return;
    table.erase(slots.at(&item));
    if (visits == 1) table.insert(&late);
  });
  EXPECT_GE(visits, 40);
  int left = 0;
  table.for_each([&](int& item) {
    EXPECT_EQ(&item, &late);
    ++left;
  });
  EXPECT_EQ(left, 1);
}

TEST(BaseSlotTable, AgreesWithAMapOverRandomPrograms) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<int> items(64);
    SlotTable<int> table;
    std::map<std::uint32_t, int*> model;
    for (std::size_t step = 0; step < 1000; ++step) {
      if (model.empty() || random() % 5 < 3) {
        int& item = items[random() % items.size()];
        const std::uint32_t slot = table.insert(&item);
        ASSERT_TRUE(model.emplace(slot, &item).second) << "slot " << slot << " twice, seed " << seed;
      } else {
        const auto victim = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
        table.erase(victim->first);
        ASSERT_EQ(table.find(victim->first), nullptr);
        model.erase(victim);
      }
    }
    std::size_t seen = 0;
    table.for_each([&](int&) { ++seen; });
    ASSERT_EQ(seen, model.size()) << "seed " << seed;
    for (const auto& [slot, item] : model)
      ASSERT_EQ(table.find(slot), item) << "seed " << seed;
  }
}

}  // namespace
}  // namespace evt::detail
