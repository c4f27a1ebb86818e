/// The intrusive list: order, unlinking from anywhere, joining two.
#include <evt/detail/list.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace evt::detail {
namespace {

std::vector<const Hook*> nodes_of(List& list) {
  std::vector<const Hook*> found;
  for (Hook* hook = list.front(); hook != &list.end; hook = hook->next) {
    EXPECT_EQ(hook->next->previous, hook);
    found.push_back(hook);
  }
  return found;
}

TEST(BaseList, StartsEmptyAndNodesStartUnlinked) {
  List list;
  const Hook node;
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(node.linked());
}

TEST(BaseList, LeavesInTheOrderOfArrival) {
  List list;
  Hook first;
  Hook second;
  Hook third;
  for (Hook* hook : {&first, &second, &third})
    list.push_back(*hook);
  EXPECT_EQ(nodes_of(list), (std::vector<const Hook*>{&first, &second, &third}));
  list.pop_front();
  EXPECT_FALSE(first.linked());
  EXPECT_EQ(nodes_of(list), (std::vector<const Hook*>{&second, &third}));
  list.pop_front();
  list.pop_front();
  EXPECT_TRUE(list.empty());
}

TEST(BaseList, ANodeLeavesFromTheMiddleAndMayReturn) {
  List list;
  Hook first;
  Hook second;
  Hook third;
  for (Hook* hook : {&first, &second, &third})
    list.push_back(*hook);
  second.unlink();
  EXPECT_FALSE(second.linked());
  EXPECT_EQ(nodes_of(list), (std::vector<const Hook*>{&first, &third}));
  second.unlink();  // Once more does nothing.
  list.push_back(second);
  EXPECT_EQ(nodes_of(list), (std::vector<const Hook*>{&first, &third, &second}));
  while (!list.empty())
    list.pop_front();
}

TEST(BaseList, AppendMovesEveryNodeBehindOurs) {
  List ours;
  List theirs;
  Hook first;
  Hook second;
  Hook third;
  ours.append(theirs);
  EXPECT_TRUE(ours.empty());
  theirs.push_back(first);
  ours.append(theirs);
  EXPECT_TRUE(theirs.empty());
  theirs.push_back(second);
  theirs.push_back(third);
  ours.append(theirs);
  EXPECT_TRUE(theirs.empty());
  EXPECT_EQ(nodes_of(ours), (std::vector<const Hook*>{&first, &second, &third}));
  while (!ours.empty())
    ours.pop_front();
}

TEST(BaseList, AgreesWithADequeOverRandomPrograms) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<Hook> hooks(20);
    List list;
    std::deque<const Hook*> model;
    for (int step = 0; step < 400; ++step) {
      Hook& hook = hooks[random() % hooks.size()];
      if (!hook.linked()) {
        list.push_back(hook);
        model.push_back(&hook);
      } else if (random() % 2 == 0) {
        hook.unlink();
        std::erase(model, &hook);
      } else {
        list.pop_front();
        model.pop_front();
      }
      ASSERT_EQ(list.empty(), model.empty()) << "seed " << seed;
    }
    ASSERT_EQ(nodes_of(list), std::vector<const Hook*>(model.begin(), model.end())) << "seed " << seed;
    while (!list.empty())
      list.pop_front();
  }
}

}  // namespace
}  // namespace evt::detail
