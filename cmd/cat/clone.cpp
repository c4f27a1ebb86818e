/// File to file inside the kernel: first by sharing extents, then copy_file_range(2), then sendfile(2), which is a
/// splice through a pipe of the kernel's own. No request does these, so they block; a chunk takes milliseconds.
#include "cat/engines.hpp"
#include "cat/job.hpp"
#include "cat/quick.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evtool::cat {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{16} << 20;

/// Shares everything from the current position on; false where the file system or the alignment does not allow it.
bool reflink(Job& job, const Source& source) {
  const int target = job.output.main().fd();
  const off_t from = ::lseek(source.fd, 0, SEEK_CUR);
  const off_t to = ::lseek(target, 0, SEEK_CUR);
  if (from < 0 || to < 0 || static_cast<std::uint64_t>(from) >= source.size_bytes) return false;
  const auto size = source.size_bytes - static_cast<std::uint64_t>(from);
  if (job.allowed(size) != size) return false;
  file_clone_range range{.src_fd = source.fd,
                         .src_offset = static_cast<std::uint64_t>(from),
                         .src_length = size,
                         .dest_offset = static_cast<std::uint64_t>(to)};
  if (::ioctl(target, FICLONERANGE, &range) != 0) return false;
  // The positions move as if the bytes had been read and written.
  if (::lseek(source.fd, static_cast<off_t>(size), SEEK_CUR) < 0) return false;
  if (::lseek(target, static_cast<off_t>(size), SEEK_CUR) < 0) return false;
  job.moved(size);
  return true;
}

using Step = ssize_t (*)(int source, int target, std::size_t size);

ssize_t copy_range(int source, int target, std::size_t size) {
  return ::copy_file_range(source, nullptr, target, nullptr, size, 0);
}

ssize_t send_file(int source, int target, std::size_t size) {
  return ::sendfile(target, source, nullptr, size);
}

/// Whether `error` is the output's fault for certain.
bool is_outputs(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EROFS;
}

/// Repeats `step` until it moves nothing: then the end is here, or this is not the way.
Ended repeat(Job& job, const Source& source, Step step) {
  auto& target = job.output.main();
  while (!job.over()) {
    const auto count = step(source.fd, target.fd(), job.allowed(chunk_bytes));
    if (count > 0) {
      job.moved(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 || !is_outputs(errno)) return Ended::declined;
    job.output_failed(target.name(), errno);
    return Ended::failed;
  }
  return Ended::complete;
}

}  // namespace

Ended clone_bytes(Job& job, Source& source) {
  (void)reflink(job, source);
  for (const Step step : {copy_range, send_file}) {
    const Ended ended = repeat(job, source, step);
    if (ended != Ended::declined) return ended;
    // Only a read that returns nothing is the end: some file systems copy nothing and say nothing. What else is wrong,
    // read and write find out and say whose fault it is.
    const Ended drained = drain(job, source);
    if (drained != Ended::declined) return drained;
    if (!job.output.flush()) return Ended::failed;
  }
  return Ended::declined;
}

}  // namespace evtool::cat
