/// Opening, the write that does not wait, and what has to happen before the end.
#include "cat/target.hpp"

#include "await.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace evtool::cat {
namespace {

int errno_of(const evt::Error& error) {
  const int number = error.system_errno();
  return number != 0 ? number : EIO;
}

}  // namespace

Target::Target(const std::string& path)
    : standard_(path.empty() || path == "-"), name_(standard_ ? "standard output" : path) {}

int Target::inspect() {
  struct stat status{};
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags < 0 || ::fstat(fd_, &status) != 0) return errno;
  kind_ = kind_of(status);
  identity_ = identity_of(status);
  appends_ = (flags & O_APPEND) != 0;
  was_empty_ = status.st_size == 0;
  // Also what guard_standard_descriptors() put where the parent had closed it.
  return (flags & O_ACCMODE) == O_RDONLY ? EBADF : 0;
}

int Target::inherit() {
  fd_ = STDOUT_FILENO;
  return inspect();
}

int Target::open(evt::Loop& loop, Options options) {
  evt::OpenRequest request(loop);
  Await<evt::Fd> wait(loop);
  int flags = O_WRONLY | O_CREAT | O_NOCTTY | (options.append ? O_APPEND : 0) | (options.direct ? O_DIRECT : 0);
  auto opened = wait.on(request.open(name_.c_str(), {.flags = flags}, wait.done()));
  if (!opened && options.direct && opened.error() == std::errc::invalid_argument) {
    flags &= ~O_DIRECT;  // tmpfs and others have none.
    opened = wait.on(request.open(name_.c_str(), {.flags = flags}, wait.done()));
  }
  if (!opened) return errno_of(opened.error());
  owned_ = std::move(*opened);
  fd_ = owned_.get();
  return inspect();
}

int Target::truncate() const {
  // Truncating what is empty is not for nothing: ext4 then writes the whole file to disk when it is closed.
  if (standard_ || kind_ != Kind::regular || appends_ || was_empty_) return 0;
  return ::ftruncate(fd_, 0) == 0 ? 0 : errno;
}

std::size_t Target::write_now(std::span<const std::byte> bytes, int& error) const {
  std::size_t written = 0;
  const bool never_waits = kind_ == Kind::regular || kind_ == Kind::memory;
  if (!never_waits && kind_ != Kind::pipe) return 0;
  while (written < bytes.size()) {
    const auto rest = bytes.subspan(written);
    const iovec vector{const_cast<std::byte*>(rest.data()), rest.size()};
    const auto count = ::pwritev2(fd_, &vector, 1, -1, never_waits ? 0 : RWF_NOWAIT);
    if (count > 0) written += static_cast<std::size_t>(count);
    if (count >= 0 || errno == EINTR) continue;
    // EOPNOTSUPP: a named FIFO, or an old kernel. The loop knows a way.
    if (errno != EAGAIN && errno != EOPNOTSUPP) error = errno;
    break;
  }
  return written;
}

evt::File& Target::file(evt::Loop& loop) {
  if (!file_) file_.emplace(loop, evt::File::borrow(fd_));
  return *file_;
}

evt::IoRequest& Target::request(evt::Loop& loop) {
  if (!request_) request_.emplace(file(loop));
  return *request_;
}

void Target::start(evt::Loop& loop, std::span<const std::byte> bytes) {
  writing_ = bytes;
  error_ = 0;
  busy_ = true;
  const auto ticket = request(loop).write(bytes, evt::bind<&Target::on_written>(*this));
  if (ticket) return;
  busy_ = false;
  error_ = errno_of(ticket.error());
}

void Target::on_written(evt::IoRequest& request, evt::Result<std::size_t> result) {
  busy_ = false;
  if (result) return;
  error_ = errno_of(result.error());
  if (error_ != EINVAL || !leave_direct()) return;
  // The end of the file is not a multiple of the disk's blocks.
  writing_ = writing_.subspan(request.transferred());
  error_ = 0;
  busy_ = static_cast<bool>(request.write(writing_, evt::bind<&Target::on_written>(*this)));
}

/// Turns O_DIRECT off; false when it was off.
bool Target::leave_direct() const {
  // Only ever on a description of our own: an inherited one keeps its flags.
  if (!owned_) return false;
  const int flags = ::fcntl(fd_, F_GETFL);
  return (flags & O_DIRECT) != 0 && ::fcntl(fd_, F_SETFL, flags & ~O_DIRECT) == 0;
}

int Target::sync(evt::Loop& loop) {
  Await<std::size_t> wait(loop);
  const auto synced = wait.on(request(loop).fsync(wait.done()));
  return synced ? 0 : errno_of(synced.error());
}

int Target::close() {
  request_.reset();
  file_.reset();
  if (owned_) return ::close(owned_.release()) == 0 ? 0 : errno;
  if (kind_ != Kind::regular || fd_ < 0) return 0;
  // The description outlives us: a duplicate is flushed when it is closed, and standard output stays open.
  const int duplicate = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  return duplicate < 0 || ::close(duplicate) == 0 ? 0 : errno;
}

}  // namespace evtool::cat
