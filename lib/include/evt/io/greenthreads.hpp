/// Greenthreads: many actions at once on one thread, over one loop. Yielding, starting, joining, and a program's main.
#pragma once

#include <evt/io/io.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>

namespace evt {

/// What runs actions: makes those that yielded, or were started, go on from the loop, in turn. Awaiting needs one on
/// this thread; the newest is it until it is destroyed, which drops the greenthreads that are left.
class Greenthreads {
 public:
  /// Gets what a greenthread ended with that nobody waits for; on the loop's thread.
  using Unhandled = std::function<void(std::exception_ptr)>;

  /// By default unhandled exceptions are told on stderr.
  explicit Greenthreads(Loop& loop, Unhandled unhandled = {});
  ~Greenthreads();
  Greenthreads(const Greenthreads&) = delete;
  Greenthreads& operator=(const Greenthreads&) = delete;

  /// Starts `io` once the loop runs and whoever runs now has suspended. Nobody waits for it.
  void start(Io<void> io);

  Loop& loop() noexcept { return *loop_; }
  /// The one of this thread. There must be one.
  static Greenthreads& current() noexcept { return *detail::trampoline.greenthreads; }

  /// Runs the loop until at least one callback ran. Throws std::system_error where it cannot, or where nothing is left
  /// that could ever call back (EDEADLK).
  void turn();

  /// For those who build upon it: calls `ready.run` from the loop, in turn.
  void schedule(detail::Ready& ready) noexcept;

 private:
  struct Detached;
  static void begin(detail::Ready& ready);
  static void end(detail::Continuation& continuation) noexcept;
  void run_ready();
  void tell(std::exception_ptr error) noexcept;

  Loop* loop_;
  Unhandled unhandled_;
  Greenthreads* outer_;
  detail::List ready_;
  detail::List detached_;
  Timer next_turn_;
};

/// The loop that runs this thread's actions.
inline Loop& current_loop() noexcept {
  return Greenthreads::current().loop();
}

/// Lets every other greenthread that can go on do so, `times` times. Allocates nothing when awaited.
struct [[nodiscard]] Yield {
  class Awaiter : detail::Ready {
   public:
    explicit Awaiter(std::uint64_t times) noexcept : Ready(&Awaiter::pass), left_(times) {}
    bool await_ready() const noexcept { return left_ == 0; }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept {
      coroutine_ = coroutine;
      Greenthreads::current().schedule(*this);
    }
    void await_resume() const noexcept {}

   private:
    static void pass(Ready& ready) {
      auto& self = static_cast<Awaiter&>(ready);
      if (--self.left_ == 0) return detail::go_on(self.coroutine_);
      Greenthreads::current().schedule(self);
    }
    std::uint64_t left_;
    std::coroutine_handle<> coroutine_;
  };

  Awaiter operator co_await() const noexcept { return Awaiter(times); }

  operator Io<void>() const { return run(*this); }
  template <class F>
  auto then(F f) const {
    return run(*this).then(std::move(f));
  }

  std::uint64_t times = 1;

 private:
  static Io<void> run(Yield yield) { co_await yield; }
};

inline Yield yield(std::uint64_t times = 1) noexcept {
  return {times};
}

/// A greenthread whose result somebody will have: awaiting it joins it. It starts once whoever made this has suspended;
/// destroying this drops it. Allocates nothing itself. Immovable.
template <class T>
class Greenthread : detail::Continuation, detail::Ready {
 public:
  explicit Greenthread(Io<T> io) : Continuation(io.release(), &Greenthread::end), Ready(&Greenthread::begin) {
    promise().continuation = this;
    Greenthreads::current().schedule(*this);
  }

  bool done() const noexcept { return done_; }

  bool await_ready() const noexcept { return done_; }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  /// Once.
  T await_resume() { return promise().take(); }

 private:
  detail::Promise<T>& promise() noexcept { return detail::Frame<T>::from_address(child.address()).promise(); }

  static void begin(Ready& ready) { detail::go_on(static_cast<Greenthread&>(ready).child); }
  static void end(Continuation& continuation) noexcept {
    auto& self = static_cast<Greenthread&>(continuation);
    self.done_ = true;
    if (self.waiting_ != nullptr) detail::trampoline.next = self.waiting_;
  }

  std::coroutine_handle<> waiting_ = nullptr;
  bool done_ = false;
};

/// An action that makes `io` a greenthread nobody waits for, see Greenthreads::start.
inline Io<void> concurrent(Io<void> io) {
  Greenthreads::current().start(std::move(io));
  co_return;
}

/// Runs `io` until it ends, on `loop`, which it returns from then; greenthreads that are left are dropped.
/// Throws what `io` throws; std::system_error where the loop cannot run.
template <class T>
T run(Loop& loop, Io<T> io);

/// A program: a loop of its own, `main`, and its exit code; 1, and a line on stderr, where it ends with an exception.
int start(Io<int> main, LoopOptions options = {});

template <class T>
T run(Loop& loop, Io<T> io) {
  Greenthreads greenthreads(loop);
  Greenthread<T> main(std::move(io));
  while (!main.done())
    greenthreads.turn();
  return main.await_resume();
}

}  // namespace evt
