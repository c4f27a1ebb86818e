/// SignalMask: signals that the loop's thread blocks, and unblocks only while the loop waits for events. So they
/// are handled, and what a callback runs or starts finds the mask as it was.
#pragma once

#include <csignal>
#include <cstdint>

namespace evt::detail {

class SignalMask {
 public:
  SignalMask() noexcept = default;
  SignalMask(const SignalMask&) = delete;
  SignalMask& operator=(const SignalMask&) = delete;
  ~SignalMask() { close(); }

  void insert(int signal) noexcept { wanted_ |= bit(signal); }
  void remove(int signal) noexcept { wanted_ &= ~bit(signal); }
  bool contains(int signal) const noexcept { return ((wanted_ | open_) & bit(signal)) != 0; }
  bool needed() const noexcept { return (wanted_ | open_) != 0; }

  /// Signals that are pending are handled in here.
  void open() noexcept {
    if (wanted_ == 0) return;
    open_ |= wanted_;
    apply(SIG_UNBLOCK, wanted_);
  }
  void close() noexcept {
    if (open_ == 0) return;
    apply(SIG_BLOCK, open_);
    open_ = 0;
  }

 private:
  static std::uint64_t bit(int signal) noexcept { return std::uint64_t{1} << (signal - 1); }
  static void apply(int how, std::uint64_t signals) noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (int signal = 1; signal <= 64; ++signal) {
      if ((signals & bit(signal)) != 0) sigaddset(&set, signal);
    }
    pthread_sigmask(how, &set, nullptr);
  }

  std::uint64_t wanted_ = 0;
  std::uint64_t open_ = 0;
};

}  // namespace evt::detail
