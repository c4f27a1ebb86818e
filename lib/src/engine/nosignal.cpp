/// Writing where nobody reads without SIGPIPE: see the header.
#include "engine/nosignal.hpp"

#include <evt/fd.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace evt::detail {

bool kernel_has_nosignal() noexcept {
  static const bool answer = [] {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    const Fd reader{ends[0]};
    const Fd writer{ends[1]};
    char byte = 0;
    const iovec one{&byte, 1};
    return pwritev2(writer.get(), &one, 1, -1, RWF_NOSIGNAL) == 1;  // EOPNOTSUPP before.
  }();
  return answer;
}

namespace {
sigset_t only_sigpipe() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}
}  // namespace

SigpipeGuard::SigpipeGuard(bool wanted) noexcept {
  if (!wanted) return;
  const sigset_t set = only_sigpipe();
  active_ = pthread_sigmask(SIG_BLOCK, &set, &before_) == 0;
}

std::int64_t SigpipeGuard::passed(std::int64_t result) noexcept {
  // Where the caller blocks SIGPIPE himself, what is pending may be his: it stays.
  if (!active_ || result != -EPIPE || sigismember(&before_, SIGPIPE) == 1) return result;
  const sigset_t set = only_sigpipe();
  const timespec at_once{};
  while (sigtimedwait(&set, nullptr, &at_once) < 0 && errno == EINTR) {
  }
  return result;
}

SigpipeGuard::~SigpipeGuard() {
  if (active_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace evt::detail
