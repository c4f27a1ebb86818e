/// Pidfiles that are believed, and those that are not.
#include "wait_pid/pidfile.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace evtool::wait_pid {
namespace {

/// Empty where it is believed.
std::string refusal_of(const std::string& path) {
  const auto pid = read_pidfile(path);
  return pid ? "" : pid.error();
}

class WaitPidPidfile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "evt-pidfile-XXXXXX";
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    ::unlink(path().c_str());
    ::rmdir(folder_.c_str());
  }

  std::string path() const { return folder_ + "/pidfile"; }

  void write(std::string_view text, mode_t mode = 0644) const {
    ::unlink(path().c_str());
    const int fd = ::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(::fchmod(fd, mode), 0);
    ::close(fd);
  }
  /// 0 with a failure where it was refused.
  pid_t read(std::string_view text) const {
    write(text);
    const auto pid = read_pidfile(path());
    EXPECT_TRUE(pid) << pid.error();
    return pid.value_or(0);
  }
  std::string refusal(std::string_view text) const {
    write(text);
    return refusal_of(path());
  }

 private:
  std::string folder_;
};

TEST_F(WaitPidPidfile, TheNumberOfTheFirstLineIsRead) {
  EXPECT_EQ(read("1234\n"), 1234);
  EXPECT_EQ(read("1234"), 1234);
  EXPECT_EQ(read(" \t1234 \r\n5678\n"), 1234);
  EXPECT_EQ(read("1234\nwhatever follows"), 1234);
}

TEST_F(WaitPidPidfile, NoFileIsNoProcess) {
  EXPECT_EQ(read_pidfile(path()), 0);
}

TEST_F(WaitPidPidfile, JunkIsRefusedAndQuoted) {
  EXPECT_EQ(refusal(""), "has no process id on its first line");
  EXPECT_EQ(refusal("\n1234\n"), "has no process id on its first line");
  EXPECT_EQ(refusal(" \t\r\n"), "has no process id on its first line");
  EXPECT_EQ(refusal("x\n"), "'x' is not a number");
  EXPECT_EQ(refusal("12 13\n"), "'12 13' has junk after the number");
  EXPECT_EQ(refusal(std::string_view("12\0\n", 4)), std::string("'12\0'", 5) + " has junk after the number");
  EXPECT_EQ(refusal("-5\n"), "'-5' is negative");
  EXPECT_EQ(refusal(std::string(100, '7')), "'" + std::string(64, '7') + "' is too large");
}

TEST_F(WaitPidPidfile, WhatCannotBeMeantIsRefused) {
  EXPECT_EQ(refusal("0\n"), "'0' is no process");
  EXPECT_EQ(refusal("1\n"), "names process 1");
  EXPECT_EQ(refusal(std::to_string(::getpid())), "names evtool itself");
}

TEST_F(WaitPidPidfile, WhatEverybodyMayWriteIsRefused) {
  write("1234\n", 0646);
  EXPECT_EQ(refusal_of(path()), "may be written by everybody");
  write("1234\n", 0664);
  EXPECT_EQ(read_pidfile(path()), 1234) << "its group may";
}

TEST_F(WaitPidPidfile, OnlyRegularFilesAreReadAndNothingIsWaitedFor) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(refusal_of(path()), "is not a regular file");
  EXPECT_EQ(refusal_of("/dev/null"), "is not a regular file");
  EXPECT_EQ(refusal_of("/"), "is not a regular file");
  EXPECT_EQ(refusal_of("/dev/null/nosuch"), "Not a directory");
}

}  // namespace
}  // namespace evtool::wait_pid
