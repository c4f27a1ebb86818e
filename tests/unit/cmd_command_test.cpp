/// Commands that an applet runs: what they inherit, what their end comes to, and signals in between.
#include "applets.hpp"
#include "command.hpp"
#include "slice.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace evtool {
namespace {

using Words = std::vector<std::string>;

class CmdCommand : public testing::Test {
 protected:
  std::expected<RunningCommand, Exit> start(const Words& words, const CommandOptions& options = {}) {
    pointers_.clear();
    for (const auto& word : words)
      pointers_.push_back(const_cast<char*>(word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    pointers_.push_back(nullptr);
    return start_command(context_, std::span(pointers_).first(words.size()), options);
  }

  evt::ProcessStatus end_of(const RunningCommand& command) {
    evt::ProcessRequest request(loop_);
    evt::ProcessStatus status;
    auto note = [&](const evt::Result<evt::ProcessStatus>& ended) { status = ended.value_or(evt::ProcessStatus{}); };
    request.wait(command.process(), evt::bind(note));
    EXPECT_TRUE(loop_.run());
    return status;
  }

  /// What `script` prints in a shell that start_command() started.
  std::string printed_by(const std::string& script) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const std::array files{evt::FileAction{.target = 1, .source = ends[1]}};
    const auto command = start({"sh", "-c", script}, {.files = files});
    ::close(ends[1]);
    std::string text;
    char byte = 0;
    while (::read(ends[0], &byte, 1) == 1)
      text += byte;
    ::close(ends[0]);
    EXPECT_EQ(exit_of(end_of(*command)), Exit::done);
    return text;
  }

  Context context_{{.applet = &driver_applet, .words = {}, .inherited = {}}};
  evt::Loop loop_ = std::move(*evt::Loop::create());

 private:
  std::vector<char*> pointers_;
};

TEST_F(CmdCommand, ItsEndIsToldAsShellsTellIt) {
  EXPECT_EQ(exit_of(end_of(*start({"sh", "-c", "exit 7"}))), exit_code(7));
  EXPECT_EQ(exit_of(end_of(*start({"sh", "-c", "kill -KILL $$"}))), exit_code(137));
}

TEST_F(CmdCommand, WhatIsNotThereIs127AndWhatCannotBeExecutedIs126) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(start({"/nosuch/command"}).error(), Exit::not_found);
  EXPECT_EQ(start({"/"}).error(), Exit::not_executable);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "evtool: /nosuch/command: No such file or directory\nevtool: /: Permission denied\n");
}

TEST_F(CmdCommand, InheritsDescriptorsUpToTwoOnly) {
  const int open = ::open("/dev/null", O_RDONLY);  // NOLINT(android-cloexec-open)
  EXPECT_EQ(printed_by("for fd in /proc/$$/fd/*; do [ ${fd##*/} -gt 2 ] && readlink $fd; done; true"), "");
  ::close(open);
}

TEST_F(CmdCommand, HasTheLimitOfDescriptorsThatWeWereGiven) {
  rlimit given{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &given), 0);
  const rlimit low{.rlim_cur = 200, .rlim_max = given.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), given.rlim_max);
  EXPECT_EQ(printed_by("ulimit -Sn"), "200\n");
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(now.rlim_cur, given.rlim_max);
}

TEST_F(CmdCommand, HasTheTimerSlackAndTheTimeSliceThatWeWereGiven) {
  const int given = ::prctl(PR_GET_TIMERSLACK);
  const auto given_slice = time_slice() + 1'000'000;
  set_time_slice(given_slice);
  wake_precisely();
  EXPECT_EQ(::prctl(PR_GET_TIMERSLACK), 1);
  EXPECT_EQ(printed_by("cat /proc/self/timerslack_ns"), std::to_string(given) + "\n");
  EXPECT_EQ(::prctl(PR_GET_TIMERSLACK), 1);

  if (time_slice() == 0) GTEST_SKIP() << "time slices: before Linux 6.12";
  EXPECT_EQ(time_slice(), 100'000U);
  if (::access("/proc/self/sched", R_OK) != 0) GTEST_SKIP() << "time slices: needs CONFIG_SCHED_DEBUG";
  EXPECT_EQ(printed_by("sed -n 's/^se.slice *: *//p' /proc/self/sched"), std::to_string(given_slice) + "\n");
  EXPECT_EQ(time_slice(), 100'000U);
}

TEST_F(CmdCommand, ItsStatusIsKnownAlsoWhereOurParentIgnoresChildren) {
  std::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(exit_of(end_of(*start({"sh", "-c", "exit 7"}))), exit_code(7));
}

TEST_F(CmdCommand, ASignalToAllReachesItsGroup) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const std::array files{evt::FileAction{.target = 1, .source = ends[1]}};
  const auto command = start({"sh", "-c", "sleep 100 & echo; wait"}, {evt::ProcessGroup::own_group, files});
  ::close(ends[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  command->signal_all(SIGTERM);
  EXPECT_EQ(::read(ends[0], &byte, 1), 0) << "the pipe ends when both are gone";
  ::close(ends[0]);
  EXPECT_EQ(exit_of(end_of(*command)), exit_code(143));
}

TEST_F(CmdCommand, SignalsAreHeardAndOneThatIsRemovedIsNot) {
  struct Ears {
    std::vector<int> heard;
    SignalWatch* watch = nullptr;
  } ears;
  const auto hear = [](void* own_ears, const evt::SignalInfo& info) {
    auto& own = *static_cast<Ears*>(own_ears);
    own.heard.push_back(info.signal);
    if (own.heard.size() == 2) own.watch->remove(info.signal);
  };
  std::signal(SIGUSR2, SIG_IGN);
  SignalWatch watch(loop_, {hear, &ears});
  ears.watch = &watch;
  for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2})
    watch.add(signal);
  for (const int signal : {SIGUSR2, SIGHUP, SIGHUP}) {
    std::raise(signal);
    const auto before = ears.heard.size();
    const auto deadline = loop_.now() + std::chrono::seconds(signal == SIGUSR2 ? 0 : 5);
    do
      ASSERT_TRUE(loop_.dispatch(std::chrono::milliseconds(10)));
    while (ears.heard.size() == before && loop_.now() < deadline);
  }
  EXPECT_EQ(ears.heard, (std::vector{SIGHUP, SIGHUP}));
  struct sigaction now{};
  sigaction(SIGHUP, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
  std::signal(SIGUSR2, SIG_DFL);
}

}  // namespace
}  // namespace evtool
