/// The fixture of the contract suite: making loops, watching the clock, counting descriptors.
#include "contract/fixture.hpp"

#include "engine/sim.hpp"

#include <dirent.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace evt::contract {
namespace {

constexpr unsigned watchdog_seconds = 60;
constexpr auto patience = 10s;

char watched_case[256];

/// Runs in a signal handler: says which case hangs and ends the process.
void on_alarm(int) {
  static constexpr char text[] = "\ncontract: this case hangs: ";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text, sizeof text - 1);
  written = ::write(STDERR_FILENO, watched_case, std::strlen(watched_case));
  written = ::write(STDERR_FILENO, "\n", 1);
  std::abort();
}

void start_watchdog() {
  const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = std::string(info->test_suite_name()) + '.' + info->name();
  std::strncpy(watched_case, name.c_str(), sizeof watched_case - 1);
  std::signal(SIGALRM, on_alarm);
  alarm(watchdog_seconds);
}

bool asked_for(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && std::string_view(value) == "1";
}

Result<Loop> create_loop(LoopOptions options) {
  if (options.backend == Backend::simulated) {
    const char* seed = std::getenv("EVT_SIM_SEED");
    return make_simulated_loop(options, {.seed = seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1});
  }
  return Loop::create(options);
}

}  // namespace

testing::AssertionResult is_value(const Result<std::size_t>& outcome, std::size_t expected) {
  if (!outcome) return testing::AssertionFailure() << "failed: " << outcome.error().message();
  if (*outcome != expected) return testing::AssertionFailure() << *outcome << ", not " << expected;
  return testing::AssertionSuccess();
}

testing::AssertionResult is_error(const Error& error, Errc expected) {
  if (error == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << error.message() << ", not " << make_error_code(expected).message();
}

testing::AssertionResult is_error(const Error& error, std::errc expected) {
  if (error == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << error.message() << ", not " << std::make_error_code(expected).message();
}

testing::AssertionResult completed_with(const IoRecorder& recorder, std::size_t expected) {
  if (recorder.calls != 1) return testing::AssertionFailure() << "called " << recorder.calls << " times, not once";
  return is_value(*recorder.result, expected);
}

std::vector<Backend> backends() {
  return {Backend::io_uring, Backend::epoll, Backend::simulated};
}

std::string backend_name(const testing::TestParamInfo<Backend>& info) {
  return name_of(info.param);
}

std::size_t count_descriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) std::abort();
  std::size_t count = 0;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(folder);
  return count - 1;  // Without the folder itself.
}

void Contract::SetUp() {
  start_watchdog();
  descriptors_before_ = count_descriptors();
  auto made = make_loop();
  if (made) {
    loop_.emplace(std::move(*made));
    return;
  }
  const std::string reason = std::string(name_of(GetParam())) + " is missing: " + made.error().message();
  if (GetParam() != Backend::io_uring || asked_for("EVT_REQUIRE_IO_URING")) FAIL() << reason;
  GTEST_SKIP() << reason;
}

void Contract::TearDown() {
  loop_.reset();
  alarm(0);
  EXPECT_EQ(count_descriptors(), descriptors_before_) << "descriptors leaked, or closed twice";
}

Result<Loop> Contract::make_loop(LoopOptions options) {
  options.backend = GetParam();
  return create_loop(options);
}

void Contract::remake_loop(LoopOptions options) {
  loop_.reset();
  auto made = make_loop(options);
  ASSERT_TRUE(made) << made.error().message();
  loop_.emplace(std::move(*made));
}

std::size_t Contract::turns(int count) {
  std::size_t callbacks = 0;
  for (int turn = 0; turn < count; ++turn) {
    auto ran = loop().run(RunMode::no_wait);
    if (!ran) {
      ADD_FAILURE() << ran.error().message();
      break;
    }
    callbacks += *ran;
  }
  return callbacks;
}

bool Contract::run_until(const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > give_up) {
      ADD_FAILURE() << "still waiting after ten seconds";
      return false;
    }
    if (auto ran = loop().dispatch(1ms); !ran) {
      ADD_FAILURE() << ran.error().message();
      return false;
    }
  }
  return true;
}

bool Contract::make_ready(const Request& request, const std::function<void()>& submit) {
  // The nop is called first; the budget is spent then, and the request is left over, ready.
  VoidRecorder called;
  Nop first{loop()};
  first.set_priority(-1000);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < give_up) {
    if (request.idle()) submit();
    if (first.idle()) first.submit(bind(called));
    turns(1);
    if (request.state() == Request::State::ready) return true;
  }
  ADD_FAILURE() << "never seen ready";
  return false;
}

}  // namespace evt::contract
