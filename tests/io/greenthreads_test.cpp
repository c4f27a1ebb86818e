/// Greenthreads: when they start, what is atomic, who hears of failures, and several at once.
#include "contract/fixture.hpp"
#include "io/heap.hpp"
#include <evt/io.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace evt::io_tests {
namespace {

using namespace std::chrono_literals;

EVT_CONTRACT_SUITE(GreenthreadsOf);

Io<void> note(std::string& log, char letter) {
  log += letter;
  co_return;
}

TEST_P(GreenthreadsOf, StartOnceTheStarterSuspends) {
  auto starter = [](std::string& log) -> Io<std::string> {
    co_await concurrent(note(log, 'b'));
    log += 'a';
    co_await lift();
    log += 'a';
    co_await yield();
    log += 'c';
    co_return log;
  };
  std::string log;
  EXPECT_EQ(run(loop(), starter(log)), "aabc");
}

TEST_P(GreenthreadsOf, LiftLetsNobodyElseRun) {
  auto count = [](int& running) -> Io<void> {
    ++running;
    for (int index = 0; index < 1000; ++index) {
      co_await lift();
      EXPECT_EQ(running, 1);
    }
    --running;
  };
  auto both = [&count](int& running) -> Io<void> {
    Greenthread<void> one(count(running));
    Greenthread<void> two(count(running));
    co_await one;
    co_await two;
  };
  int running = 0;
  run(loop(), both(running));
}

TEST_P(GreenthreadsOf, YieldLetsEveryoneElseGoOnFirst) {
  auto spell = [](std::string& log, std::string letters) -> Io<void> {
    for (char letter : letters) {
      log += letter;
      co_await yield();
    }
  };
  auto both = [&spell](std::string& log) -> Io<void> {
    Greenthread<void> one(spell(log, "ace"));
    Greenthread<void> two(spell(log, "bdf"));
    co_await one;
    co_await two;
  };
  std::string log;
  run(loop(), both(log));
  EXPECT_EQ(log, "abcdef");
}

TEST_P(GreenthreadsOf, YieldNGoesBehindTheOthersNTimes) {
  auto later = [](std::string& log, std::uint64_t times, char letter) -> Io<void> {
    co_await yield(times);
    log += letter;
  };
  auto all = [&later](std::string& log) -> Io<void> {
    Greenthread<void> three(later(log, 3, 'c'));
    Greenthread<void> two(later(log, 2, 'b'));
    Greenthread<void> one(later(log, 1, 'a'));
    co_await three;
    co_await two;
    co_await one;
  };
  std::string log;
  run(loop(), all(log));
  EXPECT_EQ(log, "abc");
}

TEST_P(GreenthreadsOf, OneThatAlwaysYieldsDoesNotKeepIoFromHappening) {
  auto spin = []() -> Io<void> {
    for (;;)
      co_await yield();
  };
  auto wait = [&spin]() -> Io<int> {
    Greenthread<void> spinner(spin());
    co_await sleep(2ms);
    co_return 1;
  };
  EXPECT_EQ(run(loop(), wait()), 1);
}

TEST_P(GreenthreadsOf, AFailureNobodyWaitsForIsToldAndHurtsNobody) {
  std::vector<std::string> told;
  auto tell = [&told](const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& exception) {
      told.emplace_back(exception.what());
    }
  };
  auto fail = []() -> Io<void> {
    co_await yield();
    throw std::runtime_error("lost");
  };
  Greenthreads greenthreads(loop(), tell);
  std::string log;
  greenthreads.start(fail());
  greenthreads.start(yield(3) + note(log, 'x'));
  turns(10);
  EXPECT_EQ(told, std::vector<std::string>{"lost"});
  EXPECT_EQ(log, "x");
}

TEST_P(GreenthreadsOf, ThoseLeftAreDroppedInTheEnd) {
  auto token = std::make_shared<int>(1);
  auto wait = [](std::shared_ptr<int> keep) -> Io<void> {
    co_await sleep(1h);
    keep.reset();
  };
  auto leave = [&wait](const std::shared_ptr<int>& keep) -> Io<void> {
    co_await concurrent(wait(keep));
    co_await yield();
  };
  run(loop(), leave(token));
  EXPECT_EQ(token.use_count(), 1);
}

TEST_P(GreenthreadsOf, StartingAndJoiningOneAllocatesNothingItself) {
  auto join = []() -> Io<std::size_t> {
    std::vector<Io<int>> ios;
    for (int index = 0; index < 100; ++index)
      ios.push_back(lift(index));
    const std::size_t before = news();
    for (Io<int>& io : ios) {
      Greenthread<int> one(std::move(io));
      (void)co_await one;
    }
    co_return news() - before;
  };
  EXPECT_EQ(run(loop(), join()), 0);
}

TEST_P(GreenthreadsOf, MapKeepsTheOrderAndRunsAllAtOnce) {
  auto work = [](int& inside, int item) -> Io<std::unique_ptr<int>> {
    ++inside;
    co_await yield(static_cast<std::uint64_t>(10 - item));
    EXPECT_EQ(inside, 3);
    co_return std::make_unique<int>(item * item);
  };
  int inside = 0;
  std::vector<int> items{1, 2, 3};
  auto squares = run(loop(), map(items, [&](int item) { return work(inside, item); }));
  ASSERT_EQ(squares.size(), 3);
  EXPECT_EQ(*squares[0], 1);
  EXPECT_EQ(*squares[1], 4);
  EXPECT_EQ(*squares[2], 9);
}

TEST_P(GreenthreadsOf, MapTakesMoveOnlyItemsAndNoneAtAll) {
  std::vector<std::unique_ptr<int>> items;
  items.push_back(std::make_unique<int>(5));
  auto values = run(loop(), map(std::move(items), [](std::unique_ptr<int> item) { return *item; }));
  EXPECT_EQ(values, std::vector<int>{5});
  EXPECT_TRUE(run(loop(), map(std::vector<int>(), [](int item) { return item; })).empty());
}

TEST_P(GreenthreadsOf, ForeachFinishesAllBeforeTheFirstFailureIsThrown) {
  int finished = 0;
  auto work = [](int& done, int item) -> Io<void> {
    if (item == 3) throw std::runtime_error("three");
    co_await yield(static_cast<std::uint64_t>(item));
    ++done;
    if (item == 2) throw std::runtime_error("two");
  };
  std::vector<int> items{1, 2, 3, 4};
  auto text =
      run(loop(), foreach (items, [&](int item) {
                    return work(finished, item);
                  }).then([] {
                      return std::string();
                    }).catching<std::exception>([](const std::exception& error) { return std::string(error.what()); }));
  EXPECT_EQ(text, "two");
  EXPECT_EQ(finished, 3);
}

TEST_P(GreenthreadsOf, AllHasATupleOfWhatEachHas) {
  auto [number, text] = run(loop(), all(yield().then([] { return 1; }), lift(std::string("x"))));
  EXPECT_EQ(number, 1);
  EXPECT_EQ(text, "x");
}

TEST_P(GreenthreadsOf, ARaceIsAsTheFirstAndDropsTheOthers) {
  auto token = std::make_shared<int>(1);
  auto runner = [](nanoseconds time, int value, std::shared_ptr<int>) -> Io<int> {
    co_await sleep(time);
    co_return value;
  };
  EXPECT_EQ(run(loop(), race(runner(1h, 1, token), runner(1ms, 2, token), runner(2h, 3, token))), 2);
  EXPECT_EQ(token.use_count(), 1);
  auto fail = []() -> Io<int> {
    throw std::runtime_error("first");
    co_return 0;
  };
  EXPECT_THROW(run(loop(), race(runner(1h, 1, token), fail())), std::runtime_error);
}

TEST_P(GreenthreadsOf, ATimedActionEndsInTimeOrFails) {
  EXPECT_EQ(run(loop(), timed(1h, sleep(1ms).then([](auto) { return 1; }))), 1);
  auto pipe = contract::make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  std::string buffer(1, '\0');
  const int error =
      run(loop(), timed(1ms, Io<std::size_t>(read(file, contract::space_of(buffer))))
                      .then([](std::size_t) { return 0; })
                      .catching<IoError>([](const IoError& late) { return late.error().system_errno(); }));
  EXPECT_EQ(error, ETIMEDOUT);
  contract::feed(pipe.write, "x");
  turns();
  EXPECT_EQ(contract::drain(pipe.read), "x");
}

TEST_P(GreenthreadsOf, AStopTokenEndsOneFromAnyThread) {
  if (simulated()) GTEST_SKIP() << "its clock jumps over the wait";
  std::stop_source stop;
  std::thread other;
  auto wait = [&] {
    return lift().then([&] {
      other = std::thread([&] { stop.request_stop(); });
      return stoppable(stop.get_token(), sleep(1h).then([](auto) { return false; }));
    });
  };
  const bool canceled =
      run(loop(), wait().catching<IoError>([](const IoError& error) { return error.error() == Errc::canceled; }));
  other.join();
  EXPECT_TRUE(canceled);
  EXPECT_THROW(run(loop(), stoppable(stop.get_token(), sleep(1h).then([](auto) { return 1; }))), IoError);
}

TEST_P(GreenthreadsOf, ABackgroundJobHasAValueOrThrowsWhileOthersGoOn) {
  ThreadPool pool(1);
  auto busy = [](ThreadPool& threads) -> Io<int> {
    co_return co_await background(threads, [] { return std::make_unique<int>(6); }).then([](std::unique_ptr<int> it) {
      return *it;
    });
  };
  EXPECT_EQ(run(loop(), busy(pool)), 6);
  EXPECT_THROW(run(loop(), background(pool, [] { throw std::runtime_error("in the pool"); })), std::runtime_error);
}

TEST_P(GreenthreadsOf, ASemaphoreLetsOnlySoManyInAndGivesRoomBackWhenOneThrows) {
  constexpr int greenthreads = 5000;
  struct State {
    Semaphore semaphore{16};
    int inside = 0;
    int most = 0;
    int finished = 0;
    std::vector<int> order;
  } state;
  auto work = [](State& all, int number) -> Io<void> {
    all.order.push_back(number);
    all.most = std::max(all.most, ++all.inside);
    co_await yield();
    --all.inside;
    ++all.finished;
    if (number % 2 == 0) throw std::runtime_error("even");
  };
  std::vector<int> numbers(greenthreads);
  for (int index = 0; index < greenthreads; ++index)
    numbers[static_cast<std::size_t>(index)] = index;
  EXPECT_THROW(run(loop(), foreach (numbers, [&](int number) { return state.semaphore.run(work(state, number)); })),
               std::runtime_error);
  EXPECT_EQ(state.most, 16);
  EXPECT_EQ(state.finished, greenthreads);
  EXPECT_EQ(state.order, numbers) << "first in, first out";
}

TEST_P(GreenthreadsOf, ASemaphoreForgetsWhoIsDroppedWhileWaiting) {
  Semaphore mutex(1);
  auto hold = [](Semaphore& lock) { return lock.run(sleep(1h).then([](auto) {})); };
  Greenthreads greenthreads(loop());
  std::optional<Greenthread<void>> holder;
  std::optional<Greenthread<void>> dropped;
  holder.emplace(hold(mutex));
  dropped.emplace(hold(mutex));
  std::string log;
  Greenthread<void> last(mutex.run(note(log, 'x')));
  turns();
  dropped.reset();
  turns();
  EXPECT_EQ(log, "");
  holder.reset();
  turns();
  EXPECT_EQ(log, "x");
  EXPECT_TRUE(last.done());
}

TEST_P(GreenthreadsOf, ThatCanNeverGoOnAreAnErrorNotAHang) {
  auto forever = [](const auto&, const auto&) {};
  EXPECT_THROW(run(loop(), Io<void>(forever)), std::system_error);
}

TEST_P(GreenthreadsOf, AProgramsExitCodeIsWhatItsMainHas) {
  if (simulated()) GTEST_SKIP() << "start() makes its own loop";
  EXPECT_EQ(start(yield().then([] { return 3; }), {.backend = GetParam()}), 3);
}

}  // namespace
}  // namespace evt::io_tests
