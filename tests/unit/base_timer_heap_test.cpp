/// The heap of deadlines, compared with a multimap: order, equal deadlines, resets that are stale.
#include "base/timer_heap.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <vector>

namespace evt::detail {
namespace {

struct Node {
  std::int64_t deadline = 0;
  std::uint32_t order = 0;
  std::uint32_t index = 0xffffffff;
};

struct Traits {
  static std::int64_t deadline(const Node& node) { return node.deadline; }
  static std::uint32_t& index(Node& node) { return node.index; }
  static std::uint32_t& order(Node& node) { return node.order; }
};

using Heap = TimerHeap<Node, Traits>;

/// Equal keys of a multimap keep the order they were inserted in: just what the heap promises.
class Model {
 public:
  void push(Node& node) { places_[&node] = queue_.emplace(node.deadline, &node); }
  void remove(Node& node) {
    queue_.erase(places_.at(&node));
    places_.erase(&node);
  }
  void update(Node& node) {
    remove(node);
    push(node);
  }
  bool contains(Node& node) const { return places_.contains(&node); }
  Node* top() const { return queue_.empty() ? nullptr : queue_.begin()->second; }
  std::size_t size() const { return queue_.size(); }

 private:
  using Queue = std::multimap<std::int64_t, Node*>;
  Queue queue_;
  std::map<Node*, Queue::iterator> places_;
};

TEST(BaseTimerHeap, AnEmptyHeapHasNoTop) {
  Heap heap;
  EXPECT_TRUE(heap.empty());
  EXPECT_EQ(heap.top(), nullptr);
}

TEST(BaseTimerHeap, EqualDeadlinesLeaveInTheOrderTheyCame) {
  Heap heap;
  std::deque<Node> nodes(100);
  for (Node& node : nodes) {
    node.deadline = 7;
    ASSERT_TRUE(heap.push(node));
  }
  for (Node& node : nodes) {
    ASSERT_EQ(heap.top(), &node);
    heap.remove(node);
    EXPECT_EQ(node.index, Heap::none);
  }
  EXPECT_TRUE(heap.empty());
}

TEST(BaseTimerHeap, AResetToTheSameDeadlineGoesBehindItsEquals) {
  Heap heap;
  Node first{.deadline = 5};
  Node second{.deadline = 5};
  ASSERT_TRUE(heap.push(first));
  ASSERT_TRUE(heap.push(second));
  heap.update(first);
  EXPECT_EQ(heap.top(), &second);
}

TEST(BaseTimerHeap, ALaterResetIsSeenWhenItComesToTheTop) {
  Heap heap;
  Node first{.deadline = 5};
  Node second{.deadline = 6};
  ASSERT_TRUE(heap.push(first));
  ASSERT_TRUE(heap.push(second));
  first.deadline = 10;
  heap.update(first);
  EXPECT_EQ(heap.top(), &second);
  first.deadline = 4;
  heap.update(first);
  EXPECT_EQ(heap.top(), &first);
  first.deadline = 5;  // Later again, but not as late as before.
  heap.update(first);
  EXPECT_EQ(heap.top(), &first);
}

TEST(BaseTimerHeap, AStaleEntryDoesNotPassItsEquals) {
  Heap heap;
  Node early{.deadline = 1};
  Node stale{.deadline = 2};
  Node other{.deadline = 9};
  for (Node* node : {&early, &stale, &other})
    ASSERT_TRUE(heap.push(*node));
  stale.deadline = 9;
  heap.update(stale);
  heap.remove(early);
  EXPECT_EQ(heap.top(), &other);
  heap.remove(other);
  EXPECT_EQ(heap.top(), &stale);
}

/// A random program; few different deadlines make for many equal ones.
void run_program(unsigned seed) {
  std::mt19937 random(seed);
  const std::int64_t range = seed % 2 == 0 ? 8 : 100'000;
  std::deque<Node> nodes(1 + random() % 60);
  Heap heap;
  Model model;
  auto anywhen = [&] { return static_cast<std::int64_t>(random()) % range; };
  for (int step = 0; step < 600; ++step) {
    Node& node = nodes[random() % nodes.size()];
    if (!model.contains(node)) {
      node.deadline = anywhen();
      ASSERT_TRUE(heap.push(node));
      model.push(node);
    } else if (random() % 3 == 0) {
      heap.remove(node);
      model.remove(node);
    } else {
      node.deadline = random() % 4 == 0 ? node.deadline : anywhen();
      heap.update(node);
      model.update(node);
    }
    if (random() % 3 == 0) {
      ASSERT_EQ(heap.top(), model.top()) << "step " << step;
    }
    ASSERT_EQ(heap.size(), model.size());
  }
  while (Node* top = model.top()) {
    ASSERT_EQ(heap.top(), top);
    heap.remove(*top);
    model.remove(*top);
  }
  ASSERT_TRUE(heap.empty());
}

TEST(BaseTimerHeap, AgreesWithAMultimapOverRandomPrograms) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    run_program(seed);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace evt::detail
