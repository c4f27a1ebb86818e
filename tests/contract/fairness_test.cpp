/// Fairness: the budget of a turn, and that nothing that is always ready keeps others from their turn.
#include "contract/timing.hpp"

#include <deque>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Fairness);

/// Nops that are submitted again from their callbacks, for ever.
class Storm {
 public:
  Storm(Loop& loop, int count) {
    for (int each = 0; each < count; ++each)
      nops_.emplace_back(loop).submit(bind<&Storm::on_nop>(*this));
  }
  int calls() const { return calls_; }

 private:
  Action on_nop() {
    ++calls_;
    return Action::rearm;
  }
  std::deque<Nop> nops_;
  int calls_ = 0;
};

TEST_P(Fairness, ATurnRunsNoMoreReadyCallbacksThanItsBudget) {
  remake_loop({.budget = 8});
  Storm storm(loop(), 100);
  for (int turn = 0; turn < 50; ++turn) {
    auto ran = loop().run(RunMode::no_wait);
    ASSERT_TRUE(ran);
    EXPECT_LE(*ran, 8U);
  }
  EXPECT_GE(storm.calls(), 200) << "and the storm itself goes on";
}

TEST_P(Fairness, WhatABudgetLeftOverComesBeforeWhatIsNewer) {
  remake_loop({.budget = 3});
  std::vector<std::string> order;
  std::deque<Timer> timers;
  std::deque<TimerRecorder> fired;
  for (int each = 0; each < 8; ++each) {
    TimerRecorder& recorder = fired.emplace_back(order, std::to_string(each));
    // The first starts one more, which is due in the next turn already.
    if (each == 0) {
      recorder.then = [&] {
        timers.back().after(0ns, bind(fired.back()));
        return Action::disarm;
      };
    }
    timers.emplace_back(loop());
  }
  timers.emplace_back(loop());
  fired.emplace_back(order, "late");
  for (std::size_t each = 0; each < 8; ++each)
    timers[each].after(0ns, bind(fired[each]));
  ASSERT_TRUE(is_value(loop().run(), 9));
  EXPECT_EQ(order, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "late"}));
}

TEST_P(Fairness, TimersAreLookedAtEveryTurnOfAStorm) {
  Storm storm(loop(), 300);
  Timer timer(loop());
  TimerRecorder fired;
  timer.after(0ns, bind(fired));
  turns(3);
  EXPECT_EQ(fired.calls, 1);
  Timer later(loop());
  TimerRecorder later_fired;
  later.at(loop().now() - 1ns, bind(later_fired));
  turns(3);
  EXPECT_EQ(later_fired.calls, 1);
}

TEST_P(Fairness, AStormOfNopsDoesNotKeepAPipeFromBeingRead) {
  Storm storm(loop(), 600);  // More than one budget, all ready all the time.
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  turns(2);
  EXPECT_EQ(read.calls, 0);
  feed(pipe.write, "ping");
  turns(12);
  EXPECT_TRUE(completed_with(read, 4));
}

/// A file that always has data, read again from every callback.
struct Busy {
  explicit Busy(File& file) : buffer(16, '\0'), request(file) {}
  void start() { request.read(space_of(buffer), bind<&Busy::on_read>(*this)); }
  Action on_read() {
    ++calls;
    return Action::rearm;
  }
  std::string buffer;  // Outlives the request, whose destructor may still be waiting for a read.
  IoRequest request;
  int calls = 0;
};

TEST_P(Fairness, ABusyFileDoesNotStarveAnotherNorATimer) {
  remake_loop({.budget = 16, .disk_work = DiskWork::on_loop});
  Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  File busy_file(loop(), File::borrow(zeros.get()));
  Busy busy(busy_file);
  busy.start();
  PipeEnds pipe = make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  IoRequest request(file);
  IoRecorder read;
  Timer timer(loop());
  TimerRecorder fired;
  std::string buffer(8, '\0');
  request.read(space_of(buffer), bind(read));
  timer.after(2ms, bind(fired));
  feed(pipe.write, "ping");
  ASSERT_TRUE(run_until([&] { return read.calls > 0 && fired.calls > 0 && busy.calls > 100; }));
  EXPECT_TRUE(completed_with(read, 4));
}

/// Many small attempts that all succeed must come back to the loop in between.
TEST_P(Fairness, AWriteOfManyPiecesDoesNotKeepATimer) {
  constexpr std::size_t size = 8'000'000;
  PipeEnds pipe = make_small_pipe();
  File source(loop(), File::borrow(pipe.write.get()));
  File target(loop(), File::borrow(pipe.read.get()));
  const std::string data = pattern(size);
  std::string got(size, '\0');
  IoRequest writer(source);
  IoRequest reader(target);
  IoRecorder written;
  IoRecorder read;
  writer.write(bytes_of(data), bind(written));
  reader.read_exact(space_of(got), bind(read));
  Timer timer(loop());
  TimerRecorder ticked;
  ticked.then = [] { return Action::rearm; };
  timer.every(1ms, bind(ticked));
  ASSERT_TRUE(run_until([&] { return read.calls > 0 && written.calls > 0; }));
  EXPECT_TRUE(completed_with(written, size));
  EXPECT_TRUE(completed_with(read, size));
  EXPECT_TRUE(got == data);
  EXPECT_GE(ticked.calls, 1);
}

TEST_P(Fairness, APriorityOrdersOneTurnAndStarvesNobody) {
  remake_loop({.budget = 4});
  Storm storm(loop(), 4);
  std::deque<Nop> urgent;
  VoidRecorder stormy;
  stormy.then = [] { return Action::rearm; };
  for (int each = 0; each < 8; ++each) {
    urgent.emplace_back(loop()).set_priority(-5);
    urgent.back().submit(bind(stormy));
  }
  Nop meek(loop());
  VoidRecorder done;
  meek.set_priority(100);
  meek.submit(bind(done));
  turns(200);
  EXPECT_EQ(done.calls, 1);
  EXPECT_GT(storm.calls(), 10);
}

}  // namespace
}  // namespace evt::contract
