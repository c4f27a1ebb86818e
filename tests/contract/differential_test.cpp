/// The differential test: the same random program on io_uring, epoll and the simulated engine, and what its files saw.
#include "contract/differential_world.hpp"
#include "engine/sim.hpp"

#include <cstdlib>
#include <iostream>

namespace evt::contract::differential {
namespace {

constexpr std::uint64_t seeds_a_case = 250;

enum class Contestant : std::uint8_t { io_uring, epoll, sim, wild_sim };

const char* name_of(Contestant contestant) {
  constexpr const char* names[] = {"io_uring", "epoll", "sim", "wild sim"};
  return names[static_cast<std::size_t>(contestant)];
}

Result<Loop> make_loop(Contestant contestant, const Program& program) {
  LoopOptions options = program.options;
  SimOptions sim{.seed = program.seed, .whole_writes = 0};
  switch (contestant) {
    case Contestant::io_uring:
      options.backend = Backend::io_uring;
      break;
    case Contestant::epoll:
      options.backend = Backend::epoll;
      break;
    case Contestant::wild_sim:
      sim.short_results = 40;
      sim.most_whims = 8;
      [[fallthrough]];
    case Contestant::sim:
      return make_simulated_loop(options, sim);
  }
  return Loop::create(options);
}

/// Runs the program there; counts descriptors around it.
Report run_on(Contestant contestant, const Program& program) {
  const std::size_t before = count_descriptors();
  auto loop = make_loop(contestant, program);
  if (!loop) return {.faults = loop.error().message()};
  Report report = World(program, std::move(*loop)).run();
  if (count_descriptors() != before) report.faults += "descriptors leaked, or closed twice\n";
  return report;
}

/// The logs of a channel are equal, line by line, except:
/// - Where it raced: in every other program something is cancelled, closed, or cancelled by a timer while it could go
/// on.
///   Who wins is up to the engine, and all that follows in the channel, and in those that splices connect with it,
///   shows it.
/// - Where a big write was cancelled, also at rest: how much of it fits into a full pipe depends on how it was cut
/// before. And these are not in the logs:
/// - How many bytes the test itself needed to fill a pipe or socket, for the same reason.
/// - The order of callbacks where requests have priorities: turns group them differently. Elsewhere it is checked, but
/// not
///   of those cancelled, which end when they end, nor of those a closed file refuses, which are never in a queue.
/// These are not done, because nobody could say what happened:
/// - Destroying a request that could go on: the bytes it took would be told to nobody.
/// The wild simulation, with short counts that no kernel gives, is not compared at all. In every channel of every run
/// each activation completes once, transferred() is the result, and all bytes are accounted for: World::report.
std::string compare(const Report& one, const Report& other) {
  std::string text;
  for (std::size_t each = 0; each < one.logs.size(); ++each) {
    if (one.raced[each] || other.raced[each] || one.logs[each] == other.logs[each]) continue;
    text += "channel " + std::to_string(each) + ":\n" + one.logs[each] + "--- not ---\n" + other.logs[each];
  }
  return text;
}

struct Totals {
  std::size_t completions = 0;
  std::size_t compared = 0;
};

void check(std::uint64_t seed, Totals& totals) {
  const Program program = make_program(seed);
  std::optional<Report> first;
  for (const Contestant contestant : {Contestant::epoll, Contestant::io_uring, Contestant::sim, Contestant::wild_sim}) {
    const Report report = run_on(contestant, program);
    const std::string where = std::string(name_of(contestant)) + ", EVT_DIFF_SEED=" + std::to_string(seed);
    if (!report.faults.empty()) FAIL() << where << ":\n" << report.faults << describe(program);
    totals.completions += report.completions;
    if (contestant == Contestant::wild_sim) continue;
    if (first) {
      if (const std::string differs = compare(*first, report); !differs.empty()) {
        FAIL() << where << " and epoll:\n" << differs << describe(program);
      }
      for (std::size_t each = 0; each < report.logs.size(); ++each)
        totals.compared += first->raced[each] || report.raced[each] ? 0U : 1U;
    } else {
      first = report;
    }
  }
}

/// Seed `first` and the 249 after it; with EVT_DIFF_SEED only that one, once.
void check_from(std::uint64_t first) {
  const char* only = std::getenv("EVT_DIFF_SEED");
  Totals totals;
  if (only != nullptr) {
    const std::uint64_t seed = std::strtoull(only, nullptr, 10);
    if (first != 1) GTEST_SKIP() << "only seed " << seed;
    std::cout << describe(make_program(seed)) << std::flush;
    return check(seed, totals);
  }
  for (std::uint64_t seed = first; seed < first + seeds_a_case && !testing::Test::HasFatalFailure(); ++seed)
    check(seed, totals);
  if (testing::Test::HasFatalFailure()) return;
  EXPECT_GT(totals.completions, seeds_a_case * 4 * 5) << "programs that do nothing";
  EXPECT_GT(totals.compared, seeds_a_case * 3) << "logs that are not compared";
}

TEST(Differential, EnginesAgreeAboutSeeds1To250) {
  check_from(1);
}
TEST(Differential, EnginesAgreeAboutSeeds251To500) {
  check_from(251);
}
TEST(Differential, EnginesAgreeAboutSeeds501To750) {
  check_from(501);
}
TEST(Differential, EnginesAgreeAboutSeeds751To1000) {
  check_from(751);
}

}  // namespace
}  // namespace evt::contract::differential
