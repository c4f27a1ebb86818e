/// Listening on a path: who may connect, what is taken over, and what never is.
#include <evt/socket.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace evt {
namespace {

template <class T>
int errno_of(const Result<T>& result) {
  return result ? 0 : result.error().system_errno();
}

/// A folder of its own for each test, and in it a path_ to listen on.
class UnixPath : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "evt-path-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/socket";
    address_ = *Address::unix_path(path_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// A path that a process has bound and died.
  void leave_behind(int type = SOCK_STREAM) const {
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(socket.get(), address_.data(), address_.size()), 0);
  }

  mode_t mode() const {
    struct stat status{};
    EXPECT_EQ(lstat(path_.c_str(), &status), 0);
    return status.st_mode;
  }

  int connected() const {
    Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return connect(client.get(), address_.data(), address_.size()) == 0 ? 0 : errno;
  }

  std::string folder_;
  std::string path_;
  Address address_;
};

TEST_F(UnixPath, IsItsOwnersAlone) {
  auto socket = listen({.address = address_});
  ASSERT_TRUE(socket) << socket.error().message();
  EXPECT_EQ(mode(), S_IFSOCK | 0600U);
  EXPECT_EQ(connected(), 0);
}

TEST_F(UnixPath, HasTheModeAskedForLessTheUmask) {
  const mode_t before = umask(027);
  auto socket = listen({.address = address_, .mode = 0666});
  umask(before);
  ASSERT_TRUE(socket);
  EXPECT_EQ(mode(), S_IFSOCK | 0640U);
}

TEST_F(UnixPath, StaysWhenTheListenerIsGone) {
  {
    auto socket = listen({.address = address_});
  }
  EXPECT_EQ(mode() & S_IFMT, static_cast<mode_t>(S_IFSOCK));
  EXPECT_EQ(connected(), ECONNREFUSED);
}

TEST_F(UnixPath, OfADeadProcessIsTakenOver) {
  for (int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    leave_behind(type);
    auto socket = listen({.address = address_});
    ASSERT_TRUE(socket) << socket.error().message();
    EXPECT_EQ(mode(), S_IFSOCK | 0600U);
    EXPECT_EQ(connected(), 0);
    unlink(path_.c_str());
  }
}

TEST_F(UnixPath, OfADeadProcessIsTakenOverByDatagramsToo) {
  leave_behind(SOCK_DGRAM);
  auto socket = bind_datagram({.address = address_});
  ASSERT_TRUE(socket) << socket.error().message();
  EXPECT_EQ(errno_of(bind_datagram({.address = address_})), EADDRINUSE);
}

TEST_F(UnixPath, InTheWorkingFolderIsTakenOver) {
  std::error_code error;
  const auto before = std::filesystem::current_path(error);
  std::filesystem::current_path(folder_);
  leave_behind();
  auto socket = listen({.address = *Address::unix_path("socket")});
  std::filesystem::current_path(before);
  EXPECT_TRUE(socket);
  EXPECT_EQ(connected(), 0);
}

TEST_F(UnixPath, AsLongAsTheyGetIsTakenOver) {
  path_ = folder_ + '/' + std::string(107 - folder_.size(), 'p');
  address_ = *Address::unix_path(path_);
  leave_behind();
  EXPECT_TRUE(listen({.address = address_}));
}

TEST_F(UnixPath, ThatSomebodyListensOnIsNeverTaken) {
  auto first = listen({.address = address_});
  ASSERT_TRUE(first);
  auto second = listen({.address = address_});
  ASSERT_FALSE(second);
  EXPECT_EQ(errno_of(second), EADDRINUSE);
  EXPECT_EQ(accept4(first->get(), nullptr, nullptr, SOCK_CLOEXEC), -1) << "it was disturbed by a connection";
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(connected(), 0);
  EXPECT_TRUE(Fd(accept4(first->get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

TEST_F(UnixPath, ThatSomebodyHasBoundIsNeverTaken) {
  for (int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    Fd owner(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(owner.get(), address_.data(), address_.size()), 0);
    EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE) << type;
    EXPECT_EQ(errno_of(bind_datagram({.address = address_})), EADDRINUSE) << type;
    EXPECT_EQ(access(path_.c_str(), F_OK), 0) << type;
    unlink(path_.c_str());
  }
}

TEST_F(UnixPath, OfAnotherKindStays) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE);
  EXPECT_TRUE(std::filesystem::is_directory(path_));
  std::filesystem::remove(path_);
  ASSERT_TRUE(Fd(open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
  EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE);
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(UnixPath, OfASymbolicLinkStays) {
  const std::string target = folder_ + "/target";
  std::filesystem::create_symlink(target, path_);
  EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE);
  const Address behind = *Address::unix_path(target);
  {
    auto socket = listen({.address = behind});
  }
  EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE);
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_TRUE(std::filesystem::is_socket(target));
}

TEST_F(UnixPath, ThatCannotBeMadeSaysWhy) {
  auto socket = listen({.address = *Address::unix_path(folder_ + "/none/socket")});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().message(), "bind: No such file or directory");
}

TEST_F(UnixPath, OfASocketThatCannotListenIsNotLeftBehind) {
  EXPECT_EQ(errno_of(listen({.address = address_, .type = SOCK_DGRAM})), EOPNOTSUPP);
  EXPECT_EQ(access(path_.c_str(), F_OK), -1);
}

TEST_F(UnixPath, IsLeftAloneWhileTheFolderIsLocked) {
  leave_behind();
  Fd lock(open(folder_.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(flock(lock.get(), LOCK_EX), 0);
  EXPECT_EQ(errno_of(listen({.address = address_})), EADDRINUSE);
  lock.reset();
  EXPECT_TRUE(listen({.address = address_}));
}

TEST_F(UnixPath, IsTakenOverByOneOfManyThreadsThatTry) {
  for (int round = 0; round < 100; ++round) {
    leave_behind();
    std::array<Result<Fd>, 4> sockets;
    std::array<std::jthread, 4> threads;
    std::atomic<int> waiting{0};
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threads[i] = std::jthread([&, i] {
        waiting.fetch_add(1);
        while (waiting.load() < static_cast<int>(threads.size()))
          std::this_thread::yield();
        sockets[i] = listen({.address = address_});
      });
    }
    for (auto& thread : threads)
      thread.join();
    int listeners = 0;
    for (const auto& socket : sockets) {
      ASSERT_TRUE(socket || errno_of(socket) == EADDRINUSE);
      listeners += socket ? 1 : 0;
    }
    ASSERT_EQ(listeners, 1);
    ASSERT_EQ(connected(), 0);
    unlink(path_.c_str());
  }
}

}  // namespace
}  // namespace evt
