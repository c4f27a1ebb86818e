/// Semaphore: at most so many greenthreads at once inside what it runs.
#pragma once

#include <evt/io/greenthreads.hpp>

#include <cstddef>

namespace evt {

/// Those that find it full wait in the order they came, and need no CPU time. Must outlive what it runs. With a limit
/// of 1 it is a mutex.
class Semaphore {
 public:
  /// `limit` ≥ 1.
  explicit Semaphore(std::size_t limit) noexcept : free_(limit) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// `io`, started once there is room, which is given back when it ends, fails, or is dropped.
  template <class T>
  Io<T> run(Io<T> io) {
    const Permit permit = co_await Entrance(*this);
    co_return co_await std::move(io);
  }

 private:
  class Permit {
   public:
    explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { semaphore_->leave(); }

   private:
    Semaphore* semaphore_;
  };

  /// Waits its turn. From the moment it is let in the room is its own, to be given back if it is dropped before it goes
  /// on.
  class Entrance : detail::Ready {
   public:
    explicit Entrance(Semaphore& semaphore) noexcept : Ready(&Entrance::enter), semaphore_(&semaphore) {}
    ~Entrance() {
      unlink();
      if (admitted_) semaphore_->leave();
    }

    bool await_ready() noexcept {
      if (semaphore_->free_ == 0) return false;
      --semaphore_->free_;
      admitted_ = true;
      return true;
    }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
      waiting_ = waiting;
      semaphore_->waiting_.push_back(*this);
    }
    Permit await_resume() noexcept {
      admitted_ = false;  // The Permit has it now.
      return Permit(*semaphore_);
    }

    static void admit(detail::Hook& first) noexcept {
      auto& self = static_cast<Entrance&>(first);
      self.unlink();
      self.admitted_ = true;
      Greenthreads::current().schedule(self);
    }

   private:
    static void enter(Ready& ready) { detail::go_on(static_cast<Entrance&>(ready).waiting_); }

    Semaphore* semaphore_;
    std::coroutine_handle<> waiting_;
    bool admitted_ = false;
  };

  void leave() noexcept {
    if (waiting_.empty()) {
      ++free_;
    } else {
      Entrance::admit(*waiting_.front());
    }
  }

  std::size_t free_;
  detail::List waiting_;
};

}  // namespace evt
