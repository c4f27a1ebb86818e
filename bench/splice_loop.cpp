/// The hand-written limit for cat: a blocking splice loop over a 1 MiB pipe, no progress, no checks.
/// Usage: splice_loop [FILE] >PIPE; without FILE it copies stdin, which may be a pipe.
#include "common/measure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace {

constexpr int pipe_bytes = 1 << 20;

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) bench::fail("splice_loop", "usage: splice_loop [FILE]");
  const int source = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (source < 0) bench::fail(argv[1], std::strerror(errno));
  // Refused where the descriptor is no pipe or the user's quota is used up; the loop works anyway.
  fcntl(source, F_SETPIPE_SZ, pipe_bytes);
  fcntl(STDOUT_FILENO, F_SETPIPE_SZ, pipe_bytes);

  while (true) {
    const ssize_t count = splice(source, nullptr, STDOUT_FILENO, nullptr, pipe_bytes, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) bench::fail("splice", std::strerror(errno));
    if (count == 0) return 0;
  }
}
