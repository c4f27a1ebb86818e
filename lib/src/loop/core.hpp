/// Core: the brain behind Loop, the same for every engine: life cycle of requests, queues of files,
/// ready callbacks, timers, and what other threads hand in.
#pragma once

#include "base/post_ring.hpp"
#include "base/slot_table.hpp"
#include "base/timer_wheel.hpp"
#include "loop/access.hpp"
#include "loop/clock_watch.hpp"
#include "loop/engine.hpp"
#include "loop/pool.hpp"
#include "loop/signal_mask.hpp"
#include <evt/evt.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace evt::detail {

/// Something another thread asks of the loop.
struct Post {
  Task task;
  Ticket cancel;  // Valid: cancel this instead.
};

class Core {
 public:
  Core(const LoopOptions& options, std::unique_ptr<Engine> engine, std::string reason);
  static Result<std::unique_ptr<Core>> create(const LoopOptions& options, std::unique_ptr<Engine> engine,
                                              std::string reason);
  ~Core();

  // turn.cpp: running.
  Result<std::size_t> run(RunMode mode);
  Result<std::size_t> dispatch(nanoseconds timeout);
  nanoseconds prepare() noexcept;
  Result<void> after_fork(std::unique_ptr<Engine> engine);

  // life.cpp: the life of a request.
  /// Marks an idle request as submitted; a refusal is in the ticket.
  bool admit(Request& request, Operation operation, Ticket& ticket) noexcept;
  void cancel(Request& request) noexcept;
  /// Idle afterwards, no callback; true when the operation won.
  bool settle(Request& request) noexcept;
  /// The request's result is known: it waits for its callback from now on.
  void complete(Request& request, std::int64_t result) noexcept {
    request.result_ = result;
    request.state_ = Request::State::ready;
    ready_.push_back(request.hook_);
  }
  /// From the engine: one attempt ended with a count or -errno.
  void finish(Request& request, std::int64_t result) noexcept {
    if (!request.on_file_ && result >= 0) return complete(request, result);
    finish_attempt(request, result);
  }
  /// The same, of what was known before: where callbacks are being made, this one is too, and not in the next turn.
  void finish_in_turn(Request& request, std::int64_t result) noexcept;
  void launch(Request& request) noexcept;
  void start_work(Work& work) noexcept;
  void start_wake(Wake& wake) noexcept;

  // composed_request.cpp: requests made of others.
  static void start_composed(Composed& composed);
  static void cancel_composed(Composed& composed) noexcept;
  static void settle_composed(Composed& composed) noexcept;
  void leave_composed() noexcept;
  void enter_composed() noexcept;

  // queue.cpp: the queues of a file.
  void enqueue(FileRequest& request) noexcept;
  void advance(File& file, Direction direction) noexcept;
  void leave_queues(Request& request) noexcept;
  void settle_all(File& file) noexcept;
  void detach(File& file) noexcept;
  void orphan_requests(File& file) noexcept;
  int surrender(File& file) noexcept;
  static void forget_kind(File& file) noexcept;
  static File& file_of(const Request& request) noexcept { return *static_cast<const FileRequest&>(request).file_; }
  static File& second_file(const Request& request) noexcept;
  static bool idle_queue(Access::Queue& queue) noexcept;
  static bool takes_work(const File& file) noexcept;
  void start_close(FileRequest& request) noexcept;
  void close_when_quiet(File& file) noexcept;

  // buffers.cpp: pools, and who waits for a buffer.
  void join(BufferPool& pool) noexcept;
  void leave(BufferPool& pool) noexcept;
  void readopt(BufferPool& pool) noexcept;
  static void list_free(BufferPool& pool) noexcept;
  /// One that is free and not the engine's, or -1.
  static int take_buffer(BufferPool& pool) noexcept;
  static void hold_buffer(BufferPool& pool, std::uint16_t id) noexcept;
  static void give_back(BufferPool& pool, std::uint16_t id) noexcept;
  /// `request` is in flight and goes on when there is a buffer.
  void starve(Request& request) noexcept;
  static bool others_are_first(Request& request) noexcept;

  // intake.cpp: what came before anybody asked.
  static void keep_connection(File& file, int result) noexcept;
  static std::int64_t take_connection(File& file) noexcept;
  static void keep_buffer(File& file, std::uint16_t id, std::uint32_t bytes) noexcept;
  static std::int64_t take_kept_buffer(Request& request) noexcept;
  static std::int64_t read_kept(Request& request) noexcept;
  static void consume(File& file, std::size_t count) noexcept;
  static void drop_kept(File& file) noexcept;

  /// What the descriptor is, found out by fstat(2) on first need.
  static Access::Kind kind_of(File& file) noexcept;

  // timers.cpp.
  void start_timer(Timer& timer) noexcept;
  void rearm_timer(Timer& timer) noexcept;
  void remove_timer(Timer& timer) noexcept;
  void move_timer(Timer& timer) noexcept;
  void expire_timers() noexcept;
  nanoseconds next_deadline(Effort effort) noexcept;

  // remote.cpp: other threads.
  Result<void> push(const Post& post) noexcept;
  void push_remote(Remote& node) noexcept;
  void rouse() noexcept;
  void drain_remote() noexcept;
  void forget_remote() noexcept;
  std::size_t run_posts() noexcept;

  /// No request is on its way to its callback or to the engine.
  bool quiet() const noexcept { return ready_.empty() && batch_.empty() && starting_.empty(); }
  nanoseconds now() noexcept {
    if (now_.count() == 0) now_ = engine->clock(Clock::monotonic);
    return now_;
  }
  /// The turn's own on the monotonic clock.
  nanoseconds time_of(Clock clock) noexcept { return clock == Clock::monotonic ? now() : engine->clock(clock); }
  void update_now() noexcept { now_ = engine->clock(Clock::monotonic); }
  bool forked() const noexcept;
  Pool* pool() noexcept;
  void count_reference(int delta) noexcept { active_ += delta; }
  void note_priority() noexcept { mixed_priorities_ = true; }
  void forget_clock_watches() noexcept;

  std::unique_ptr<Engine> engine;
  LoopOptions options;
  std::string reason;
  Statistics statistics;
  SlotTable<Request> requests;
  SignalMask signal_mask;
  File* files = nullptr;
  std::atomic<bool> stopped{false};
  std::vector<Task> deferred;

 private:
  friend class ClockWatch;
  std::size_t turn(nanoseconds deadline);
  void wait(nanoseconds deadline);
  std::size_t run_ready();
  std::size_t run_deferred();
  void pump() noexcept;
  std::size_t deliver(Request& request);
  void account_bytes(const FileRequest& request) noexcept;
  static void run_work(Request& request);
  void finish_attempt(Request& request, std::int64_t result) noexcept;
  void idle(Request& request) noexcept {
    request.state_ = Request::State::idle;
    active_ -= request.referenced_ ? 1 : 0;
    if (!request.on_file_) return;
    --file_of(request).busy_;
    if (request.operation_ == Operation::splice) --static_cast<FileRequest&>(request).target_->busy_;
  }
  void expire(Timer& timer, nanoseconds now) noexcept;
  void resubmit(Request& request) noexcept;
  bool alive() noexcept;
  bool anything_ready() noexcept;
  void feed(BufferPool& pool) noexcept;
  void feed_pools() noexcept;
  bool anyone_hungry() const noexcept;
  std::int64_t progress(FileRequest& request, std::int64_t result) noexcept;
  static void advance_vectors(FileRequest& request, std::size_t count) noexcept;
  void wait_for_pool(Request& request) noexcept;
  void observe_submission(const Request& request) noexcept;
  void observe_completion(const Request& request) noexcept;

  struct TimerTraits {
    static std::int64_t deadline(const Timer& timer) noexcept { return timer.deadline_.count(); }
    static Hook& hook(Timer& timer) noexcept { return timer.hook_; }
    static Timer& node(const Hook& hook) noexcept { return static_cast<Timer&>(*hook.owner); }
    static std::uint16_t& place(Timer& timer) noexcept { return timer.place_; }
    static std::uint32_t& order(Timer& timer) noexcept { return timer.order_; }
  };
  using Timers = TimerWheel<Timer, TimerTraits>;
  Timers& timers(Clock clock) noexcept { return timers_[static_cast<std::size_t>(clock)]; }

  List ready_;          // Completed; new ones go behind.
  List batch_;          // Being delivered; what a turn's budget left over goes first in the next.
  List starting_;       // Their turn has come; started by the next pump().
  nanoseconds now_{0};  // 0: not read in this turn.
  std::int64_t active_ = 0;
  std::vector<nanoseconds> submitted_;  // When, by slot; only while an observer watches.
  std::uint64_t generation_ = 0;
  std::uint64_t fork_count_;
  bool mixed_priorities_ = false;
  bool running_ = false;
  bool delivering_ = false;
  BufferPool* pools_ = nullptr;
  unsigned clocks_used_ = 0;  // A bit for each that ever had a timer: the wheels of others are not looked at.
  Timers timers_[3];          // By clock.
  std::unique_ptr<ClockWatch> watches_[3];
  PostRing<Post> posts_;
  std::atomic<Remote*> remotes_{nullptr};
  std::atomic<int> remote_users_{0};
  std::atomic<bool> sleeping_{false};
  std::unique_ptr<Pool> own_pool_;
};

inline Loop Access::make_loop(std::unique_ptr<Core> core) noexcept {
  return Loop(std::move(core));
}

}  // namespace evt::detail
