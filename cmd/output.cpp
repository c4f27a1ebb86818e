/// write(2) to the end, and the one place that formats a complaint.
#include "output.hpp"

#include "terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace evtool {

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EAGAIN) {
      // A parent made the shared description non-blocking. No deadline: this is a blocking write.
      pollfd writable{.fd = fd, .events = POLLOUT, .revents = 0};
      if (::poll(&writable, 1, -1) < 0 && errno != EINTR) return errno;
      continue;
    }
    if (errno != EINTR) return errno;
  }
  return 0;
}

std::string_view errno_text(int error) {
  return std::strerror(error);
}

void complain(std::string_view tool, std::string_view message) {
  std::string line = "evtool";
  if (!tool.empty()) line.append(1, ' ').append(tool);
  line.append(": ").append(escaped(message)).append(1, '\n');
  // Where standard error is gone there is nobody left to tell.
  (void)write_all(STDERR_FILENO, line);
}

bool print(std::string_view tool, std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return true;
  complain(tool, std::string("standard output: ").append(errno_text(error)));
  return false;
}

void guard_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // open() takes the lowest free number, which is `fd`. The wrong direction makes every use fail.
    const int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", flags) < 0) return;
  }
}

}  // namespace evtool
