/// Fd: an owned file descriptor, closed on destruction.
#pragma once

#include <utility>

namespace evt {

/// Owns one descriptor, or none (-1). Movable, not copyable; any thread.
class Fd {
 public:
  Fd() noexcept = default;
  /// Takes ownership of `fd`.
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  /// Gives the descriptor away without closing it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  /// Closes what it owns and takes `fd`. errno is kept.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

}  // namespace evt
