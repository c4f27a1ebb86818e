/// The wheel of deadlines, compared with a multimap: order, equal deadlines, moves, and clocks that are set.
#include "base/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <vector>

namespace evt::detail {
namespace {

struct Node : Hook {
  std::int64_t deadline = 0;
  std::uint32_t order = 0;
  std::uint16_t place = 0xffff;
};

struct Traits {
  static std::int64_t deadline(const Node& node) { return node.deadline; }
  static Hook& hook(Node& node) { return node; }
  static Node& node(Hook& hook) { return static_cast<Node&>(hook); }
  static std::uint16_t& place(Node& node) { return node.place; }
  static std::uint32_t& order(Node& node) { return node.order; }
};

using Wheel = TimerWheel<Node, Traits>;

constexpr std::int64_t second = 1'000'000'000;

/// Equal keys of a multimap keep the order they were inserted in: just what the wheel promises.
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
  Node* pop(std::int64_t now) {
    if (queue_.empty() || queue_.begin()->first > now) return nullptr;
    Node* first = queue_.begin()->second;
    remove(*first);
    return first;
  }
  bool contains(Node& node) const { return places_.contains(&node); }
  std::int64_t earliest() const { return queue_.begin()->first; }
  std::size_t size() const { return queue_.size(); }

 private:
  using Queue = std::multimap<std::int64_t, Node*>;
  Queue queue_;
  std::map<Node*, Queue::iterator> places_;
};

TEST(BaseTimerWheel, AnEmptyWheelHasNothingDue) {
  Wheel wheel;
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.pop(INT64_MAX), nullptr);
}

TEST(BaseTimerWheel, NothingLeavesANanosecondEarly) {
  for (std::int64_t deadline = 1; deadline > 0 && deadline < INT64_MAX / 4; deadline = deadline * 3 + 1) {
    Wheel wheel;
    Node node;
    node.deadline = deadline;
    wheel.push(node);
    EXPECT_EQ(wheel.earliest(Effort::little), deadline);
    EXPECT_EQ(wheel.pop(deadline - 1), nullptr);
    EXPECT_EQ(wheel.earliest(Effort::little), deadline);
    EXPECT_EQ(wheel.pop(deadline), &node);
    EXPECT_EQ(node.place, Wheel::nowhere);
  }
}

TEST(BaseTimerWheel, EqualDeadlinesLeaveInTheOrderTheyCame) {
  Wheel wheel;
  std::deque<Node> nodes(100);
  for (Node& node : nodes) {
    node.deadline = 7 * second;
    wheel.push(node);
    EXPECT_EQ(wheel.pop(second), nullptr);
  }
  for (Node& node : nodes)
    ASSERT_EQ(wheel.pop(7 * second), &node);
  EXPECT_TRUE(wheel.empty());
}

TEST(BaseTimerWheel, AResetToTheSameDeadlineGoesBehindItsEquals) {
  Wheel wheel;
  Node first;
  Node other;
  first.deadline = other.deadline = 5;
  wheel.push(first);
  wheel.push(other);
  wheel.update(first);
  EXPECT_EQ(wheel.pop(5), &other);
  EXPECT_EQ(wheel.pop(5), &first);
}

TEST(BaseTimerWheel, WhatWasPutOffIsNotDueWhereItWas) {
  Wheel wheel;
  Node first;
  Node other;
  first.deadline = 5 * second;
  other.deadline = 6 * second;
  wheel.push(first);
  wheel.push(other);
  first.deadline = 10 * second;
  wheel.update(first);
  EXPECT_EQ(wheel.earliest(Effort::little), 6 * second);
  EXPECT_EQ(wheel.pop(7 * second), &other);
  first.deadline = 8 * second;
  wheel.update(first);
  EXPECT_EQ(wheel.earliest(Effort::little), 8 * second);
  EXPECT_EQ(wheel.pop(8 * second), &first);
}

TEST(BaseTimerWheel, WhatWasPutOffDoesNotPassItsEquals) {
  Wheel wheel;
  Node put_off;
  Node other;
  put_off.deadline = 2 * second;
  other.deadline = 9 * second;
  wheel.push(put_off);
  wheel.push(other);
  put_off.deadline = 9 * second;
  wheel.update(put_off);
  Node late;
  late.deadline = 9 * second;
  wheel.push(late);  // Reaches the slot before put_off does, and is behind it all the same.
  EXPECT_EQ(wheel.pop(9 * second), &other);
  EXPECT_EQ(wheel.pop(9 * second), &put_off);
  EXPECT_EQ(wheel.pop(9 * second), &late);
}

TEST(BaseTimerWheel, ManyCloseToEachOtherHaveALowerBoundForTheEarliest) {
  Wheel wheel;
  std::deque<Node> nodes(1000);
  for (std::int64_t deadline = 3600 * second; Node & node : nodes) {
    node.deadline = ++deadline;
    wheel.push(node);
  }
  std::int64_t now = 0;
  int looks = 0;
  while (now < 3600 * second) {
    const std::int64_t earliest = wheel.earliest(Effort::little);
    ASSERT_GT(earliest, now);
    ASSERT_LE(earliest, 3600 * second);
    now = earliest;
    ASSERT_EQ(wheel.earliest(Effort::any), 3600 * second + 1);
    if (now < 3600 * second) {
      ASSERT_EQ(wheel.pop(now), nullptr);
    }
    ++looks;
  }
  EXPECT_LE(looks, 9) << "a loop wakes at most once a level";
}

TEST(BaseTimerWheel, AClockThatIsSetBackMakesTimersWaitAgain) {
  Wheel wheel;
  Node due;
  Node far;
  due.deadline = 100 * second + 10;
  far.deadline = 200 * second;
  EXPECT_EQ(wheel.pop(100 * second), nullptr);
  wheel.push(due);  // Within the present tick.
  wheel.push(far);
  EXPECT_EQ(wheel.pop(10 * second), nullptr);
  EXPECT_EQ(wheel.earliest(Effort::little), 100 * second + 10);
  Node between;
  between.deadline = 50 * second;
  wheel.push(between);
  EXPECT_EQ(wheel.pop(60 * second), &between);
  EXPECT_EQ(wheel.pop(60 * second), nullptr);
  EXPECT_EQ(wheel.pop(300 * second), &due);
  EXPECT_EQ(wheel.pop(300 * second), &far);
}

/// A random program; few different deadlines make for many equal ones.
class Program {
 public:
  explicit Program(unsigned seed) : random_(seed), nodes_(1 + random_() % 60) {
    constexpr std::int64_t ranges[] = {8, 5'000, 300'000, 40'000'000, 5 * second, 100'000 * second};
    range_ = ranges[seed % std::size(ranges)];
    now_ = seed % 3 == 0 ? 0 : 1'700'000'000 * second;
  }

  void run() {
    for (int step = 0; step < 600; ++step) {
      change(nodes_[random_() % nodes_.size()]);
      if (random_() % 3 == 0) let_time_pass();
      ASSERT_EQ(wheel_.size(), model_.size());
      if (model_.size() > 0) check_earliest();
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "step " << step;
    }
    now_ = INT64_MAX;
    pop_all();
    ASSERT_TRUE(wheel_.empty());
  }

 private:
  std::int64_t anywhen() {
    const auto far = static_cast<std::int64_t>(std::uniform_int_distribution<std::int64_t>(0, range_)(random_));
    switch (random_() % 20) {
      case 0:
        return INT64_MAX;
      case 1:
        return now_ - far;  // Long due.
      default:
        return now_ + far;
    }
  }

  void change(Node& node) {
    if (!model_.contains(node)) {
      node.deadline = anywhen();
      wheel_.push(node);
      model_.push(node);
    } else if (random_() % 3 == 0) {
      wheel_.remove(node);
      model_.remove(node);
    } else {
      node.deadline = random_() % 4 == 0 ? node.deadline : anywhen();
      wheel_.update(node);
      model_.update(node);
    }
  }

  void let_time_pass() {
    now_ += std::uniform_int_distribution<std::int64_t>(0, range_ / 4)(random_);
    if (random_() % 50 == 0 && now_ > range_) now_ -= range_;
    pop_all();
  }

  void pop_all() {
    for (;;) {
      Node* due = model_.pop(now_);
      ASSERT_EQ(wheel_.pop(now_), due);
      if (due == nullptr) return;
    }
  }

  void check_earliest() {
    const std::int64_t bound = wheel_.earliest(Effort::little);
    ASSERT_LE(bound, model_.earliest());
    if (model_.size() <= 16) {
      ASSERT_EQ(bound, model_.earliest());
    }
    if (random_() % 2 == 0) {
      ASSERT_EQ(wheel_.earliest(Effort::any), model_.earliest());
    }
  }

  std::mt19937 random_;
  std::deque<Node> nodes_;
  std::int64_t range_ = 0;
  std::int64_t now_ = 0;
  Wheel wheel_;
  Model model_;
};

TEST(BaseTimerWheel, AgreesWithAMultimapOverRandomPrograms) {
  for (unsigned seed = 0; seed < 600; ++seed) {
    Program(seed).run();
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace evt::detail
