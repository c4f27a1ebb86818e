/// Signals as people write them.
#include "signal_names.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace evtool {
namespace {

TEST(CmdSignalNames, NamesAreTakenWithAndWithoutSigInAnyCase) {
  for (const char* text : {"TERM", "SIGTERM", "term", "SigTerm", "15", "143"})
    EXPECT_EQ(parse_signal(text), Signal{SIGTERM}) << text;
  EXPECT_EQ(parse_signal("0"), Signal{0});
  EXPECT_EQ(parse_signal("USR1"), Signal{SIGUSR1});
  EXPECT_EQ(parse_signal("137"), Signal{SIGKILL});
}

TEST(CmdSignalNames, RealTimeSignalsAreCountedFromBothEnds) {
  EXPECT_EQ(parse_signal("RTMIN"), Signal{SIGRTMIN});
  EXPECT_EQ(parse_signal("SIGRTMIN+3"), Signal{SIGRTMIN + 3});
  EXPECT_EQ(parse_signal("rtmax-1"), Signal{SIGRTMAX - 1});
  for (const char* text : {"RTMIN-1", "RTMAX+1", "RTMIN+99", "RTMIN+", "RTMIN+x"})
    EXPECT_FALSE(parse_signal(text)) << text;
}

TEST(CmdSignalNames, WhatIsNoSignalIsRefused) {
  for (const char* text : {"", "SIG", "NOSUCH", "TERMX", "-9", "9x", "65", "99999999999999999999", "1.5"})
    EXPECT_FALSE(parse_signal(text)) << text;
}

TEST(CmdSignalNames, EverySignalIsReadBackFromItsName) {
  for (int number = 1; number <= SIGRTMAX; ++number)
    EXPECT_EQ(parse_signal(signal_name(number)), Signal{number}) << signal_name(number);
}

}  // namespace
}  // namespace evtool
