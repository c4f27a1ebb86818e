/// The reader at the end of a pipe: splices stdin to /dev/null, which costs next to nothing, or reads
/// it with a buffer of --read=BYTES. Prints the number of bytes at the end, as `wc -c` does.
#include "common/measure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t splice_bytes = std::size_t{1} << 20U;

std::uint64_t splice_all(int target) {
  std::uint64_t total = 0;
  while (true) {
    const ssize_t count = splice(STDIN_FILENO, nullptr, target, nullptr, splice_bytes, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) bench::fail("splice", std::strerror(errno));
    if (count == 0) return total;
    total += static_cast<std::uint64_t>(count);
  }
}

std::uint64_t read_all(std::size_t buffer_bytes) {
  std::vector<char> buffer(buffer_bytes);
  std::uint64_t total = 0;
  while (true) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) bench::fail("read", std::strerror(errno));
    if (count == 0) return total;
    total += static_cast<std::uint64_t>(count);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const std::uint64_t buffer_bytes = arguments.number("--read", 0);
  arguments.finish();

  const int target = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (target < 0) bench::fail("/dev/null", std::strerror(errno));
  const std::uint64_t total = buffer_bytes > 0 ? read_all(buffer_bytes) : splice_all(target);
  std::printf("%llu\n", static_cast<unsigned long long>(total));
}
