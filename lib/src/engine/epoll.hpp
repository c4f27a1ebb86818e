/// The epoll engine: tries first, waits for an edge only when the kernel said EAGAIN; what cannot be
/// waited for runs on a pool.
#pragma once

#include "base/slot_table.hpp"
#include "engine/attempt.hpp"
#include "loop/core.hpp"

#include <sys/epoll.h>

#include <vector>

namespace evt::detail {

/// Keys of epoll events that are not files'; a file's is its generation and slot.
inline constexpr std::uint64_t event_key = UINT64_MAX;
inline constexpr std::uint64_t timer_key = UINT64_MAX - 1;

class EpollEngine final : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> create(const LoopOptions& options);
  EpollEngine(const LoopOptions& options, Fd epoll, Fd event);

  void attach(Core& core) noexcept override { core_ = &core; }
  void start(Request& request) override;
  void abort(Request& request) override;
  void await_end(Request& request) override;
  void wait(nanoseconds deadline) override;
  void flush() override { hosted_ = true; }
  void wake() noexcept override;
  void forget(File& file) noexcept override;
  int fd() noexcept override { return epoll_.get(); }
  void abandon() noexcept override {}
  Backend backend() const noexcept override { return Backend::epoll; }

 private:
  /// edge: told once, after an EAGAIN. level: told as long as it is so, needs no EAGAIN before.
  enum class Trigger : std::uint8_t { edge, level };

  void try_now(Request& request);
  void park(Request& request, Gate gate, Trigger trigger);
  void unpark(Request& request) noexcept;
  void offload(Request& request);
  int watch(File& file, Trigger trigger) noexcept;
  int control(int operation, File& file, std::uint32_t mask) noexcept;
  void forget_registration(File& file) noexcept;
  void on_event(const epoll_event& event);
  void on_ready(File& file, Direction direction, std::uint32_t told);
  void on_told(Request& request, std::uint32_t told);
  int sleep(nanoseconds deadline) noexcept;
  int timed_wait(nanoseconds left) noexcept;
  bool arm_timer(nanoseconds deadline) noexcept;

  Core* core_ = nullptr;
  Attempt context_;
  Fd epoll_;
  Fd event_;
  Fd timer_;              // For long waits, made on first need.
  nanoseconds armed_{0};  // What the timer is set to.
  SlotTable<File> files_;
  std::vector<std::uint32_t> generations_;  // By slot: tells a new file from the last one's events.
  std::vector<epoll_event> events_;
  List interrupted_;  // Cancelled while a pool thread is blocked in them.
  std::size_t parked_ = 0;
  unsigned skipped_ = 0;
  bool hosted_ = false;  // Somebody else waits on fd(): what made it readable has to be used up.
};

}  // namespace evt::detail
