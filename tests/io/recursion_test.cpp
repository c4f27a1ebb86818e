/// Recursion without end needs neither heap nor stack, however it is written.
#include "contract/fixture.hpp"
#include "io/heap.hpp"
#include <evt/io.hpp>

#include <unistd.h>

namespace evt::io_tests {
namespace {

constexpr std::uint64_t steps = 10'000'000;
constexpr std::size_t heap_limit = std::size_t{1} << 20U;
constexpr std::size_t resident_limit = std::size_t{16} << 20U;  // Of the test program and all.
constexpr std::size_t stack_limit = std::size_t{64} << 10U;

class Recursion : public contract::Contract {
 protected:
  void SetUp() override {
    Contract::SetUp();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    if (GetParam() != Backend::epoll && !IsSkipped()) GTEST_SKIP() << "ten seconds and more with a sanitizer";
    alarm(240);  // The watchdog's.
#endif
    forget_peak();
  }

  void expect_constant(Io<std::uint64_t> io, std::uint64_t expected = steps) {
    EXPECT_EQ(run(loop(), std::move(io)), expected);
    EXPECT_LT(usage_.heap(), heap_limit);
    EXPECT_LT(usage_.stack(), stack_limit);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(peak_resident(), resident_limit);
#endif
  }
  Usage usage_;
};
INSTANTIATE_TEST_SUITE_P(Backends, Recursion, testing::ValuesIn(contract::backends()), contract::backend_name);

Io<std::uint64_t> count(Usage& usage, std::uint64_t done) {
  usage.mark();
  if (done == steps) co_return done;
  co_return count(usage, done + 1);
}

Io<std::uint64_t> count_and_yield(Usage& usage, std::uint64_t done) {
  usage.mark();
  if (done == steps) co_return done;
  co_await yield();
  co_return count_and_yield(usage, done + 1);
}

Io<std::uint64_t> chain(Usage& usage, std::uint64_t done) {
  return lift().then([&usage, done]() -> Io<std::uint64_t> {
    usage.mark();
    return done == steps ? lift(done) : chain(usage, done + 1);
  });
}

Io<std::uint64_t> chain_and_yield(Usage& usage, std::uint64_t done) {
  return yield().then([&usage, done]() -> Io<std::uint64_t> {
    usage.mark();
    return done == steps ? lift(done) : chain_and_yield(usage, done + 1);
  });
}

Io<void> count_down(Usage& usage, std::uint64_t left) {
  usage.mark();
  if (left > 0) co_await tail(count_down(usage, left - 1));
}

TEST_P(Recursion, ByCoReturn) {
  expect_constant(count(usage_, 0));
}

TEST_P(Recursion, ByCoReturnWithYield) {
  expect_constant(count_and_yield(usage_, 0));
}

TEST_P(Recursion, ByThen) {
  expect_constant(chain(usage_, 0));
}

TEST_P(Recursion, ByThenWithYield) {
  expect_constant(chain_and_yield(usage_, 0));
}

TEST_P(Recursion, OfNothingByTail) {
  expect_constant(count_down(usage_, steps).then([] { return lift(steps); }));
}

TEST_P(Recursion, TwoMillionAwaitsOfWhatIsThereNeedNoStack) {
  constexpr std::uint64_t awaits = 2'000'000;
  auto sum = [](Usage& used) -> Io<std::uint64_t> {
    std::uint64_t total = 0;
    for (std::uint64_t index = 0; index < awaits; ++index) {
      total += co_await lift(std::uint64_t{1});
      used.mark();
    }
    co_return total;
  };
  expect_constant(sum(usage_), awaits);
}

}  // namespace
}  // namespace evt::io_tests
