/// The file that the read benchmarks read: given by name, or made, unlinked at once and left in the
/// page cache by having just been written.
#pragma once

#include "common/measure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::size_t block_bytes = 4096;

class CachedFile {
 public:
  /// Opens `path`, or makes a file of 256 MiB under $TMPDIR where `path` is empty.
  explicit CachedFile(std::string_view path)
      : fd_{path.empty() ? make(std::uint64_t{256} << 20U) : open(std::string{path}.c_str(), O_RDONLY | O_CLOEXEC)} {
    if (fd_ < 0) fail("open", std::strerror(errno));
    struct stat status{};
    if (fstat(fd_, &status) != 0) fail("fstat", std::strerror(errno));
    blocks_ = static_cast<std::uint64_t>(status.st_size) / block_bytes;
    if (blocks_ == 0) fail("file", "smaller than one block");
    warm();
  }
  CachedFile(const CachedFile&) = delete;
  CachedFile& operator=(const CachedFile&) = delete;
  ~CachedFile() { close(fd_); }

  [[nodiscard]] int fd() const noexcept { return fd_; }

  [[nodiscard]] std::uint64_t blocks() const noexcept { return blocks_; }

 private:
  static int make(std::uint64_t bytes) {
    const char* directory = std::getenv("TMPDIR");
    std::string path = std::string{directory != nullptr ? directory : "/tmp"} + "/evt-bench-XXXXXX";
    const int fd = mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return fd;
    unlink(path.c_str());
    const std::vector<char> chunk(std::size_t{1} << 20U, 'e');
    for (std::uint64_t written = 0; written < bytes; written += chunk.size()) {
      if (write(fd, chunk.data(), chunk.size()) != static_cast<ssize_t>(chunk.size()))
        fail("write", std::strerror(errno));
    }
    fsync(fd);  // Writeback during the measurement would be charged at random.
    return fd;
  }

  /// Reads the file once, so that a file given by name is cached too.
  void warm() const {
    std::vector<char> chunk(std::size_t{1} << 20U);
    off_t offset = 0;
    ssize_t count = 0;
    while ((count = pread(fd_, chunk.data(), chunk.size(), offset)) > 0)
      offset += count;
  }

  int fd_;
  std::uint64_t blocks_ = 0;
};

}  // namespace bench
