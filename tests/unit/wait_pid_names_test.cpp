/// Regular expressions, and the processes that have such names.
#include "wait_pid/names.hpp"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace evtool::wait_pid {
namespace {

/// A child of this name, until the end of the case.
class Named {
 public:
  explicit Named(const std::string& name) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    id_ = ::fork();
    if (id_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, name.c_str());
      (void)!::write(ends[1], "x", 1);
      for (;;)
        ::pause();
    }
    char byte = 0;
    EXPECT_EQ(::read(ends[0], &byte, 1), 1);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~Named() { end(WEXITED); }
  Named(const Named&) = delete;
  Named& operator=(const Named&) = delete;

  pid_t id() const { return id_; }
  /// Ends it, and waits for that as `how` says.
  void end(int how) const {
    ::kill(id_, SIGKILL);
    siginfo_t info{};
    (void)::waitid(P_PID, static_cast<id_t>(id_), &info, how);
  }

 private:
  pid_t id_ = 0;
};

/// A name that nothing else has here; 15 bytes are the most.
std::string unique(char what) {
  return std::string("ev") + what + std::to_string(::getpid());
}

std::vector<pid_t> found(const std::string& pattern, NameOf name = NameOf::command) {
  std::vector<pid_t> pids;
  const auto targets = find_named(*Pattern::compile(pattern), name);
  for (const Target& target : *targets)
    pids.push_back(target.pid);
  return pids;
}

using Pids = std::vector<pid_t>;

TEST(WaitPidNames, APatternIsExtendedAndMayOccurAnywhere) {
  const auto pattern = Pattern::compile("b{2}|^x+$");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->occurs_in("abbc"));
  EXPECT_TRUE(pattern->occurs_in("xxx"));
  EXPECT_FALSE(pattern->occurs_in("abc"));
  EXPECT_FALSE(pattern->occurs_in("xy"));
  EXPECT_FALSE(Pattern::compile(".*")->occurs_in("")) << "what has no name has none that matches";
}

TEST(WaitPidNames, WhatIsNoPatternOrTooLongIsRefused) {
  for (const char* text : {"(", "[", "a{2,1}", "*("}) {
    const auto pattern = Pattern::compile(text);
    ASSERT_FALSE(pattern) << text;
    EXPECT_TRUE(pattern.error().starts_with("is no regular expression: ")) << pattern.error();
  }
  EXPECT_TRUE(Pattern::compile(std::string(256, 'x')));
  EXPECT_EQ(Pattern::compile(std::string(257, 'x')).error(), "has a pattern of more than 256 bytes");
}

TEST(WaitPidNames, AllThatRunAreFoundAndPinned) {
  const auto name = unique('a');
  const Named first(name);
  const Named second(name + "x");
  const auto all = find_named(*Pattern::compile(name), NameOf::command);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(found("^" + name + "$"), Pids{first.id()});
  if ((*all)[0].inode == 0) GTEST_SKIP() << "inodes of pidfds: before Linux 6.9";
  EXPECT_NE((*all)[0].inode, (*all)[1].inode);
}

TEST(WaitPidNames, OddNamesHideNothing) {
  const Named odd(") R 1 (\n");
  const auto pids = found("^\\) R 1 \\(");
  EXPECT_NE(std::ranges::find(pids, odd.id()), pids.end());
}

TEST(WaitPidNames, AZombieDoesNotRun) {
  const auto name = unique('z');
  const Named child(name);
  ASSERT_EQ(found(name), Pids{child.id()});
  child.end(WEXITED | WNOWAIT);
  EXPECT_EQ(found(name), Pids{});
}

TEST(WaitPidNames, NeitherWeNorOurAncestorsAreMeant) {
  const auto pids = found(".", NameOf::arguments);
  for (const pid_t ours : {::getpid(), ::getppid()})
    EXPECT_EQ(std::ranges::find(pids, ours), pids.end());
}

TEST(WaitPidNames, TheCommandLineHasSpacesBetweenItsWords) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto name = unique('l');
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execlp("cat", name.c_str(), "-", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  Pids pids;
  for (int tries = 0; pids.empty() && tries < 2000 && ::waitpid(child, nullptr, WNOHANG) == 0; ++tries)
    pids = found("^" + name + " -$", NameOf::arguments);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(pids, Pids{child});
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace evtool::wait_pid
