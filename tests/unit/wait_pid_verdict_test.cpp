/// From outcomes to one exit code, and whose code that is.
#include "wait_pid/verdict.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace evtool::wait_pid {
namespace {

using Targets = std::vector<Target>;

/// The `order` is the place among those that ended.
Target target(Outcome outcome, int code = 0, std::size_t order = 0) {
  Target made;
  made.pid = 1234;
  made.outcome = outcome;
  made.code = code;
  made.order = order;
  return made;
}

testing::AssertionResult is(const Verdict& verdict, int code, bool of_process) {
  if (verdict.exit == exit_code(code) && verdict.of_process == of_process) return testing::AssertionSuccess();
  return testing::AssertionFailure() << static_cast<int>(verdict.exit)
                                     << (verdict.of_process ? " of the process" : " of ours");
}

Verdict of(const Targets& targets, const Settings& settings = {}, End end = End::enough) {
  return verdict_of(targets, end, settings);
}

TEST(WaitPidVerdict, OneProcessGivesUsItsStatusOrSignal) {
  for (int status = 0; status < 256; ++status)
    EXPECT_TRUE(is(of({target(Outcome::exited, status)}), status, true));
  for (int signal = 1; signal <= 64; ++signal)
    EXPECT_TRUE(is(of({target(Outcome::killed, signal)}), 128 + signal, true));
}

TEST(WaitPidVerdict, AStatusThatNobodyKnowsIsOurs125) {
  EXPECT_TRUE(is(of({target(Outcome::unknown)}), 125, false));
  EXPECT_TRUE(is(of({target(Outcome::exited, 125)}), 125, true)) << "a process may say the same";
}

TEST(WaitPidVerdict, OneThatIsGoneIs127UnlessThatIsAllRight) {
  Settings exited_ok;
  exited_ok.exited_ok = true;
  EXPECT_TRUE(is(of({target(Outcome::gone)}), 127, false));
  EXPECT_TRUE(is(of({target(Outcome::gone)}, exited_ok), 0, false));
  const Targets two{target(Outcome::exited, 3), target(Outcome::gone)};
  EXPECT_TRUE(is(of(two), 127, false));
  EXPECT_TRUE(is(of(two, exited_ok), 0, false));
}

TEST(WaitPidVerdict, SeveralAre0WhateverTheyEndedWith) {
  EXPECT_TRUE(is(of({target(Outcome::exited, 3), target(Outcome::killed, 9), target(Outcome::unknown)}), 0, false));
}

TEST(WaitPidVerdict, TheStatusOptionChoosesAmongThoseThatEnded) {
  const Targets targets{target(Outcome::exited, 4, 2), target(Outcome::running), target(Outcome::exited, 6, 1),
                        target(Outcome::exited, 2, 0)};
  Settings settings;
  settings.status = Summary::max;
  EXPECT_TRUE(is(of(targets, settings), 6, true));
  settings.status = Summary::first;
  EXPECT_TRUE(is(of(targets, settings), 2, true));
  settings.status = Summary::last;
  EXPECT_TRUE(is(of(targets, settings), 4, true));
  EXPECT_TRUE(is(of({target(Outcome::running), target(Outcome::running)}, settings), 0, false)) << "none has ended";
}

TEST(WaitPidVerdict, SignalsAndUnknownsCountAmongTheStatusesByTheirCodes) {
  Settings settings;
  settings.status = Summary::max;
  EXPECT_TRUE(is(of({target(Outcome::killed, 1), target(Outcome::exited, 3)}, settings), 129, true));
  EXPECT_TRUE(is(of({target(Outcome::unknown), target(Outcome::exited, 3)}, settings), 125, false));
}

TEST(WaitPidVerdict, WhatHappenedToUsComesFirst) {
  const Targets targets{target(Outcome::gone)};
  EXPECT_TRUE(is(of(targets, {}, End::failed), 125, false));
  EXPECT_TRUE(is(of(targets, {}, End::timed_out), 124, false));
  EXPECT_TRUE(is(of(targets, {}, End::short_of), 127, false));
}

}  // namespace
}  // namespace evtool::wait_pid
