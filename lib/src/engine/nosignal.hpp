/// Writing where nobody reads without SIGPIPE.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <csignal>
#include <cstdint>

#ifndef RWF_NOSIGNAL
#define RWF_NOSIGNAL 0x00000100  // Linux 6.18.
#endif

namespace evt::detail {

/// Whether this kernel takes RWF_NOSIGNAL; asked once.
bool kernel_has_nosignal() noexcept;

/// Holds SIGPIPE back in this thread while it lives, if wanted.
class SigpipeGuard {
 public:
  explicit SigpipeGuard(bool wanted) noexcept;
  ~SigpipeGuard();
  /// Hands through the result of the guarded call, and eats the signal an EPIPE caused.
  std::int64_t passed(std::int64_t result) noexcept;
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  bool active_ = false;
  sigset_t before_;
};

}  // namespace evt::detail
