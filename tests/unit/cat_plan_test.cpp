/// Which engine cat takes, for every pair of kinds that differs.
#include "cat/plan.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evtool::cat {
namespace {

TEST(CatPlan, FileToFileIsClonedAndEverythingElseWithAPipeIsSpliced) {
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::regular}), Engine::clone);
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::pipe}), Engine::splice);
  EXPECT_EQ(plan({.source = Kind::block, .target = Kind::pipe}), Engine::splice);
  EXPECT_EQ(plan({.source = Kind::pipe, .target = Kind::pipe}), Engine::splice);
  EXPECT_EQ(plan({.source = Kind::pipe, .target = Kind::regular}), Engine::splice);
}

TEST(CatPlan, WhatCannotBeSplicedIsCopied) {
  for (const Kind other : {Kind::socket, Kind::memory, Kind::other, Kind::directory}) {
    EXPECT_EQ(plan({.source = other, .target = Kind::pipe}), Engine::copy);
    EXPECT_EQ(plan({.source = Kind::pipe, .target = other}), Engine::copy);
    EXPECT_EQ(plan({.source = Kind::regular, .target = other}), Engine::copy);
    EXPECT_EQ(plan({.source = other, .target = Kind::regular}), Engine::copy);
  }
}

TEST(CatPlan, AFileThatSaysItIsEmptyIsRead) {
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::pipe, .source_is_empty = true}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::regular, .source_is_empty = true}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::pipe, .target = Kind::pipe, .source_is_empty = true}), Engine::splice);
}

TEST(CatPlan, AFileThatIsAppendedToIsWritten) {
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::regular, .target_appends = true}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::pipe, .target = Kind::regular, .target_appends = true}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::pipe, .target = Kind::pipe, .target_appends = true}), Engine::splice);
}

TEST(CatPlan, WhatIsReadAndWrittenAtOnceOrPassesThroughOurHandsIsCopied) {
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::regular, .same_file = true}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::pipe, .changed_or_counted = true}), Engine::copy);
}

TEST(CatPlan, APipeThatTakesLittleIsNotSpliced) {
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::pipe, .pipe_bytes = 8192}), Engine::copy);
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::pipe, .pipe_bytes = least_pipe_bytes}), Engine::splice);
  EXPECT_EQ(plan({.source = Kind::regular, .target = Kind::regular, .pipe_bytes = 0}), Engine::clone);
}

Kind kind_behind(int fd) {
  struct stat status{};
  EXPECT_EQ(::fstat(fd, &status), 0);
  ::close(fd);
  return kind_of(status);
}

TEST(CatKind, IsToldFromTheDescriptor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[1]);
  EXPECT_EQ(kind_behind(ends[0]), Kind::pipe);
  EXPECT_EQ(kind_behind(::socket(AF_UNIX, SOCK_STREAM, 0)), Kind::socket);
  EXPECT_EQ(kind_behind(::open("/", O_RDONLY)), Kind::directory);
  EXPECT_EQ(kind_behind(::open("/proc/self/stat", O_RDONLY)), Kind::regular);
  EXPECT_EQ(kind_behind(::open("/dev/null", O_RDONLY)), Kind::memory);
  EXPECT_EQ(kind_behind(::open("/dev/full", O_RDONLY)), Kind::memory);
  EXPECT_EQ(kind_behind(::open("/dev/urandom", O_RDONLY)), Kind::other);
}

}  // namespace
}  // namespace evtool::cat
