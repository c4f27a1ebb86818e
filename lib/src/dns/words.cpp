/// Reading a small file of the system at once.
#include "dns/words.hpp"

#include <evt/fd.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evt::dns::detail {

std::string read_text(const char* path, std::size_t limit) {
  std::string text;
  // Should it be a FIFO, nobody waits for its other end.
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));  // NOLINT(*-vararg)
  std::size_t size = 0;
  while (file && size < limit) {
    text.resize(std::min(limit, std::max<std::size_t>(2 * size, 4096)));
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

}  // namespace evt::dns::detail
