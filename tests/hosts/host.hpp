/// A host: an event loop of others, which runs an evt loop by prepare(), fd() and run(no_wait).
#pragma once

#include <evt/loop.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace evt::hosts {

class Host {
 public:
  explicit Host(Loop& loop) noexcept : loop_(loop) {}
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Runs until `done()`, which is asked after each turn; false after ten seconds.
  virtual bool run_until(const std::function<bool()>& done) = 0;
  /// How often the host woke up and gave us a turn.
  std::size_t turns() const noexcept { return turns_; }

 protected:
  static constexpr std::chrono::seconds patience{10};

  Loop& loop() noexcept { return loop_; }
  void turn() {
    ++turns_;
    EXPECT_TRUE(loop_.run(RunMode::no_wait));
  }
  /// What prepare() says, for hosts that count milliseconds; rounded up, or they would spin for the last one. -1: for
  /// ever.
  int prepare_ms() {
    const nanoseconds timeout = loop_.prepare();
    if (timeout == never) return -1;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count());
  }

 private:
  Loop& loop_;
  std::size_t turns_ = 0;
};

std::unique_ptr<Host> make_poll_host(Loop& loop);
std::unique_ptr<Host> make_libuv_host(Loop& loop);
std::unique_ptr<Host> make_glib_host(Loop& loop);

}  // namespace evt::hosts
