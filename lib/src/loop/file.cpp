/// File and Fd: owning a descriptor, joining and leaving a loop.
#include "loop/core.hpp"

#include <unistd.h>

#include <cerrno>

namespace evt {

using detail::Access;
using detail::Core;

void Fd::reset(int fd) noexcept {
  if (fd_ >= 0) {
    const int saved = errno;
    ::close(fd_);  // EINTR too means closed on Linux.
    errno = saved;
  }
  fd_ = fd;
}

File::File(Loop& loop, FileSource source, Ordering ordering)
    : core_(Access::core(loop)), fd_(source.fd), owned_(source.owned), ordering_(ordering) {
  join();
}

File::File(Core& core, FileSource source) noexcept
    : core_(&core), fd_(source.fd), owned_(source.owned), ordering_(Ordering::ordered) {
  join();
}

File::~File() {
  leave();
  if (core_ == nullptr) return;
  core_->orphan_requests(*this);
  (previous_ != nullptr ? previous_->next_ : core_->files) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

void File::join() noexcept {
  if (core_ == nullptr) return;
  next_ = core_->files;
  if (next_ != nullptr) next_->previous_ = this;
  core_->files = this;
}

/// Settles, unregisters and closes what is ours.
void File::leave() noexcept {
  if (core_ != nullptr) core_->detach(*this);
  const int fd = std::exchange(fd_, -1);
  if (std::exchange(owned_, false)) Fd{fd}.reset();
}

void File::assign(FileSource source) noexcept {
  leave();
  fd_ = source.fd;
  owned_ = source.owned;
}

int File::release() noexcept {
  if (core_ != nullptr) core_->detach(*this);
  owned_ = false;
  return std::exchange(fd_, -1);
}

void File::pause(Direction direction) noexcept {
  queues_[static_cast<std::size_t>(direction)].paused = true;
}

void File::resume(Direction direction) noexcept {
  queues_[static_cast<std::size_t>(direction)].paused = false;
  if (core_ != nullptr) core_->advance(*this, direction);
}

}  // namespace evt
