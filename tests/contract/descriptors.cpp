/// Descriptors for the contract suite to work on: pipes, sockets, terminals, files, and what is in them.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace evt::contract {
namespace {

/// A broken set-up ends the case: GoogleTest reports the exception as a failure.
int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

bool polls(int fd, short events) {
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  return checked(poll(&entry, 1, 0), "poll") == 1;
}

}  // namespace

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (char& each : text) {
    state = state * 6364136223846793005 + 1442695040888963407;
    each = static_cast<char>('!' + (state >> 33) % 90);
  }
  return text;
}

PipeEnds make_pipe() {
  int ends[2];
  checked(pipe2(ends, O_CLOEXEC), "pipe2");
  return {Fd(ends[0]), Fd(ends[1])};
}

PipeEnds make_small_pipe() {
  PipeEnds pipe = make_pipe();
  checked(fcntl(pipe.write.get(), F_SETPIPE_SZ, 4096), "F_SETPIPE_SZ");
  return pipe;
}

SocketPair make_socket_pair(int type) {
  int ends[2];
  checked(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

Terminal make_terminal() {
  Fd master(checked(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt"));
  checked(grantpt(master.get()), "grantpt");
  checked(unlockpt(master.get()), "unlockpt");
  char name[64];
  if (ptsname_r(master.get(), name, sizeof name) != 0) throw std::runtime_error("ptsname_r");
  Fd slave(checked(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC), "open the slave"));
  termios settings{};
  checked(tcgetattr(slave.get(), &settings), "tcgetattr");
  cfmakeraw(&settings);
  checked(tcsetattr(slave.get(), TCSANOW, &settings), "tcsetattr");
  return {std::move(master), std::move(slave)};
}

Fd make_file(std::string_view content) {
  char name[] = "/tmp/evt-contract-XXXXXX";
  Fd file(checked(mkostemp(name, O_CLOEXEC), "mkostemp"));
  checked(unlink(name), "unlink");
  feed(file, content);
  checked(static_cast<int>(lseek(file.get(), 0, SEEK_SET)), "lseek");
  return file;
}

TemporaryDirectory::TemporaryDirectory() {
  char name[] = "/tmp/evt-contract-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void feed(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    checked(static_cast<int>(written), "write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void feed(const Fd& fd, std::string_view text) {
  feed(fd.get(), text);
}

std::string fill(const Fd& fd) {
  std::string all;
  const std::string piece = pattern(4096);
  struct stat what{};
  checked(fstat(fd.get(), &what), "fstat");
  const bool socket = S_ISSOCK(what.st_mode);
  for (;;) {
    ssize_t written = 0;
    if (socket) {
      written = send(fd.get(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (written < 0 && errno == EAGAIN) return all;
    } else {
      // A pipe that polls writable has room for a page.
      if (!polls(fd.get(), POLLOUT)) return all;
      written = ::write(fd.get(), piece.data(), piece.size());
    }
    checked(static_cast<int>(written), "write");
    all += piece.substr(0, static_cast<std::size_t>(written));
  }
}

bool has_input(const Fd& fd) {
  return polls(fd.get(), POLLIN);
}

std::string drain(const Fd& fd, std::size_t limit_bytes) {
  std::string all;
  char piece[16384];
  while (all.size() < limit_bytes && has_input(fd)) {
    const std::size_t most = std::min(sizeof piece, limit_bytes - all.size());
    const ssize_t taken = ::read(fd.get(), piece, most);
    if (taken < 0 && errno == EIO) break;  // A terminal whose other end is closed.
    if (checked(static_cast<int>(taken), "read") == 0) break;
    all.append(piece, static_cast<std::size_t>(taken));
  }
  return all;
}

std::size_t bytes_in(const Fd& fd) {
  int count = 0;
  checked(ioctl(fd.get(), FIONREAD, &count), "FIONREAD");
  return static_cast<std::size_t>(count);
}

std::string contents(const Fd& fd) {
  struct stat what{};
  checked(fstat(fd.get(), &what), "fstat");
  std::string all(static_cast<std::size_t>(what.st_size), '\0');
  const ssize_t taken = ::pread(fd.get(), all.data(), all.size(), 0);
  checked(static_cast<int>(taken), "pread");
  all.resize(static_cast<std::size_t>(taken));
  return all;
}

}  // namespace evt::contract
