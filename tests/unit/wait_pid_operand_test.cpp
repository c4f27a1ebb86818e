/// The words that name processes, and why others do not.
#include "wait_pid/operand.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace evtool::wait_pid {
namespace {

using Kind = Operand::Kind;

/// Why a word is refused, without what was expected instead; empty where it is not.
std::string refusal(std::string_view word) {
  const auto operand = parse_operand(word);
  if (operand) return {};
  const auto semicolon = operand.error().find("; expected PID, PID:INODE, pidfile=PATH or name=REGEX");
  EXPECT_NE(semicolon, std::string::npos) << operand.error();
  return operand.error().substr(0, semicolon);
}

TEST(WaitPidOperand, ANumberIsAProcess) {
  const auto operand = parse_operand("1234");
  ASSERT_TRUE(operand);
  EXPECT_EQ(operand->kind, Kind::process);
  EXPECT_EQ(operand->pid, 1234);
  EXPECT_EQ(operand->inode, 0U);
  EXPECT_EQ(parse_operand("007")->pid, 7);
  EXPECT_EQ(parse_operand("2147483647")->pid, std::numeric_limits<pid_t>::max());
}

TEST(WaitPidOperand, AnInodeMayFollow) {
  const auto operand = parse_operand("12:18446744073709551615");
  ASSERT_TRUE(operand);
  EXPECT_EQ(operand->pid, 12);
  EXPECT_EQ(operand->inode, UINT64_MAX);
}

TEST(WaitPidOperand, APrefixTellsPidfilesAndNamesWhateverFollows) {
  const auto file = parse_operand("pidfile=/run/a=b:c");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->kind, Kind::pidfile);
  EXPECT_EQ(file->text, "/run/a=b:c");
  const auto name = parse_operand("name=^12:3$");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->kind, Kind::name);
  EXPECT_EQ(name->text, "^12:3$");
}

TEST(WaitPidOperand, WhatIsNoNumberIsRefusedWithTheReason) {
  EXPECT_EQ(refusal(""), "is not a number");
  EXPECT_EQ(refusal("x"), "is not a number");
  EXPECT_EQ(refusal("+5"), "is not a number");
  EXPECT_EQ(refusal(" 5"), "is not a number");
  EXPECT_EQ(refusal("0x10"), "has junk after the number");
  EXPECT_EQ(refusal("5 "), "has junk after the number");
  EXPECT_EQ(refusal("-5"), "is negative");
  EXPECT_EQ(refusal("0"), "is no process");
  EXPECT_EQ(refusal("2147483648"), "is too large");
  EXPECT_EQ(refusal("18446744073709551616"), "is too large");
  EXPECT_EQ(refusal("PIDFILE=x"), "is not a number");
}

TEST(WaitPidOperand, WhatIsNoInodeIsRefusedWithTheReason) {
  EXPECT_EQ(refusal("5:"), "has an inode that is not a number");
  EXPECT_EQ(refusal("5:6:7"), "has an inode that has junk after the number");
  EXPECT_EQ(refusal("5:-1"), "has an inode that is negative");
  EXPECT_EQ(refusal("5:18446744073709551616"), "has an inode that is too large");
  EXPECT_EQ(refusal("5:0"), "has inode 0, which no process has");
  EXPECT_EQ(refusal(":5"), "is not a number");
}

TEST(WaitPidOperand, APrefixAloneIsRefused) {
  EXPECT_EQ(refusal("pidfile="), "names no file");
  EXPECT_EQ(refusal("name="), "has no pattern");
}

}  // namespace
}  // namespace evtool::wait_pid
