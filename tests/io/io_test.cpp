/// Io<T> itself: values and failures, what is lazy, what is dropped, and how its parts are put together.
#include "contract/fixture.hpp"
#include "io/heap.hpp"
#include <evt/io.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace evt::io_tests {
namespace {

using namespace std::chrono_literals;
using contract::bytes_of;
using contract::space_of;

EVT_CONTRACT_SUITE(IoOfT);

class Noted {
 public:
  Noted(std::vector<std::string>& log, std::string name) : log_(&log), name_(std::move(name)) {}
  Noted(Noted&& other) noexcept : log_(std::exchange(other.log_, nullptr)), name_(std::move(other.name_)) {}
  Noted& operator=(Noted&&) = delete;
  ~Noted() {
    if (log_ != nullptr) log_->push_back("end of " + name_);
  }

 private:
  std::vector<std::string>* log_;
  std::string name_;
};

Io<int> failing(const char* why) {
  throw std::runtime_error(why);
  co_return 0;
}

Io<void> failing_later() {
  co_await yield();
  throw std::runtime_error("later");
}

TEST_P(IoOfT, DoesNothingUntilItIsAwaited) {
  int calls = 0;
  auto act = [](int& count) -> Io<int> { co_return ++count; };
  Io<int> io = act(calls);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(run(loop(), std::move(io)), 1);
}

TEST_P(IoOfT, HasMoveOnlyValues) {
  auto value = run(
      loop(), lift(std::make_unique<int>(7)).then([](std::unique_ptr<int> number) { return lift(std::move(number)); }));
  EXPECT_EQ(*value, 7);
}

TEST_P(IoOfT, ThenTakesMoveOnlyCapturesAndPlainResults) {
  auto text = run(
      loop(), lift(2).then([number = std::make_unique<int>(40)](int more) { return std::to_string(*number + more); }));
  EXPECT_EQ(text, "42");
}

TEST_P(IoOfT, WhatThenThrowsIsAFailureAtOnceOrAfterAnAwait) {
  auto explode = [](int) -> Io<int> { throw std::runtime_error("boom"); };
  EXPECT_THROW(run(loop(), lift(1).then(explode)), std::runtime_error);
  auto later = [] { return yield().then([] { return 1; }); };
  EXPECT_THROW(run(loop(), later().then(explode)), std::runtime_error);
  EXPECT_EQ(run(loop(), later().then(explode).catching<std::runtime_error>([](const auto&) { return 5; })), 5);
}

TEST_P(IoOfT, CatchingTakesOnlyItsOwnType) {
  auto handle = [](const std::logic_error&) { return lift(1); };
  EXPECT_THROW(run(loop(), failing("other").catching<std::logic_error>(handle)), std::runtime_error);
  auto text = run(
      loop(),
      failing("this").then([](int) { return std::string(); }).catching<std::exception>([](const std::exception& error) {
        return lift(std::string(error.what()));
      }));
  EXPECT_EQ(text, "this");
}

TEST_P(IoOfT, AHandlerThatThrowsFailsWithThat) {
  auto handle = [](const std::runtime_error&) -> Io<int> { throw std::logic_error("worse"); };
  EXPECT_THROW(run(loop(), failing("bad").catching<std::runtime_error>(handle)), std::logic_error);
}

TEST_P(IoOfT, FinallyRunsAfterSuccessAfterFailureAndWhenDropped) {
  int runs = 0;
  auto note = [&runs] { ++runs; };
  EXPECT_EQ(run(loop(), lift(1).finally(note)), 1);
  EXPECT_EQ(runs, 1);
  EXPECT_THROW(run(loop(), failing("x").finally(note)), std::runtime_error);
  EXPECT_EQ(runs, 2);
  Greenthreads greenthreads(loop());
  {
    Greenthread<int> waiting(sleep(1h).then([](auto) { return 1; }).finally(note));
    turns();
    EXPECT_EQ(runs, 2);
  }
  EXPECT_EQ(runs, 3);
}

TEST_P(IoOfT, PlusIsOneAfterTheOther) {
  std::string log;
  auto note = [&log](char letter) { return lift().then([&log, letter] { log += letter; }); };
  Io<void> all = note('a') + (yield() + note('b'));
  all += note('c');
  run(loop(), std::move(all));
  EXPECT_EQ(log, "abc");
}

TEST_P(IoOfT, PlusStopsAtAFailure) {
  bool reached = false;
  EXPECT_THROW(run(loop(), failing_later() + lift().then([&] { reached = true; })), std::runtime_error);
  EXPECT_FALSE(reached);
}

TEST_P(IoOfT, DroppingOneThatWaitsRunsDestructorsAndCancelsWhatItWaitsFor) {
  auto pipe = contract::make_pipe();
  File file(loop(), File::borrow(pipe.read.get()));
  std::vector<std::string> log;
  std::string buffer(16, '\0');
  auto wait = [](File& from, std::string& into, Noted) -> Io<std::size_t> {
    co_return co_await read(from, space_of(into));
  };
  Greenthreads greenthreads(loop());
  std::optional<Greenthread<std::size_t>> reader;
  reader.emplace(wait(file, buffer, Noted(log, "reader")));
  turns();
  EXPECT_TRUE(log.empty());
  reader.reset();
  EXPECT_EQ(log, std::vector<std::string>{"end of reader"});
  contract::feed(pipe.write, "still here");
  turns();
  EXPECT_EQ(contract::drain(pipe.read), "still here");
}

TEST_P(IoOfT, DroppingOneThatNeverStartedFreesItsArguments) {
  std::vector<std::string> log;
  auto keep = [](Noted) -> Io<void> { co_return; };
  {
    Io<void> unused = keep(Noted(log, "argument"));
  }
  EXPECT_EQ(log, std::vector<std::string>{"end of argument"});
}

TEST_P(IoOfT, ATailCallIsGoneBeforeTheNextStarts) {
  std::vector<std::string> log;
  auto second = [](std::vector<std::string>& to) -> Io<int> {
    to.emplace_back("second");
    co_return 2;
  };
  auto first = [&second](std::vector<std::string>& to, Noted) -> Io<int> { co_return second(to); };
  EXPECT_EQ(run(loop(), first(log, Noted(log, "first"))), 2);
  EXPECT_EQ(log, (std::vector<std::string>{"end of first", "second"}));
}

TEST_P(IoOfT, ReadsAndWrites) {
  auto pipe = contract::make_pipe();
  File from(loop(), File::adopt(std::move(pipe.read)));
  std::optional<File> to;
  to.emplace(loop(), File::adopt(std::move(pipe.write)));
  auto transfer = [](File& source, std::optional<File>& target) -> Io<std::string> {
    const std::string text = "through the pipe";
    co_await write(*target, bytes_of(text));
    target.reset();
    std::string all;
    std::string buffer(5, '\0');
    while (const std::size_t count = co_await read(source, space_of(buffer)))
      all.append(buffer, 0, count);
    co_return all;
  };
  EXPECT_EQ(run(loop(), transfer(from, to)), "through the pipe");
}

TEST_P(IoOfT, AFailedOperationThrowsItsError) {
  File closed(loop());
  std::string buffer(1, '\0');
  auto text = run(loop(), read(closed, space_of(buffer))
                              .then([](std::size_t) { return std::string(); })
                              .catching<IoError>([](const IoError& error) { return error.error().message(); }));
  EXPECT_EQ(text, "read: Bad file descriptor");
}

TEST_P(IoOfT, AwaitingAnOperationAllocatesNothing) {
  auto waits = []() -> Io<std::size_t> {
    co_await sleep(nanoseconds::zero());
    const std::size_t before = news();
    for (int index = 0; index < 1000; ++index) {
      co_await sleep(nanoseconds::zero());
      co_await yield();
    }
    co_return news() - before;
  };
  EXPECT_EQ(run(loop(), waits()), 0);
}

TEST_P(IoOfT, MadeFromCallbacksTakesTheFirstCallOnly) {
  auto pass_twice = [](const auto& pass, const auto& fail) {
    pass(1);
    pass(2);
    fail(std::make_exception_ptr(std::runtime_error("too late")));
  };
  EXPECT_EQ(run(loop(), Io<int>(pass_twice)), 1);
  auto fail_first = [](const auto& pass, const auto& fail) {
    fail(std::make_exception_ptr(std::runtime_error("first")));
    pass();
  };
  EXPECT_THROW(run(loop(), Io<void>(fail_first)), std::runtime_error);
}

TEST_P(IoOfT, MadeFromCallbacksMayBePassedLaterOrAfterItWasDropped) {
  std::function<void(int)> pass_it;
  auto keep = [&pass_it](const auto& pass, const auto&) { pass_it = pass; };
  auto later = [](std::function<void(int)>& pass, auto start) -> Io<int> {
    Greenthread<int> waiting{Io<int>(start)};
    co_await yield();
    pass(3);
    co_return co_await waiting;
  };
  EXPECT_EQ(run(loop(), later(pass_it, keep)), 3);
  Greenthreads greenthreads(loop());
  {
    Greenthread<int> waiting{Io<int>(keep)};
    turns();
  }
  pass_it(4);
  turns();
}

TEST_P(IoOfT, AMemoRunsOnceForAll) {
  int runs = 0;
  auto slow = [](int& count) -> Io<std::string> {
    co_await sleep(1ms);
    co_return std::to_string(++count);
  };
  auto ask = [](Memo<std::string> memo) -> Io<std::string> {
    Greenthread<std::string> one(memo());
    Greenthread<std::string> two(memo());
    std::string all = co_await one;
    all += co_await two;
    all += co_await memo();
    co_return all;
  };
  EXPECT_EQ(run(loop(), ask(memoize(slow(runs)))), "111");
}

TEST_P(IoOfT, AMemoOfAFailureFailsForAll) {
  auto ask = [](Memo<int> memo) -> Io<int> {
    int failures = 0;
    for (int index = 0; index < 3; ++index)
      failures +=
          co_await memo().then([](int) { return 0; }).catching<std::runtime_error>([](const auto&) { return 1; });
    co_return failures;
  };
  EXPECT_EQ(run(loop(), ask(memoize(failing("always")))), 3);
}

}  // namespace
}  // namespace evt::io_tests
