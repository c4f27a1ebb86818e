/// The io_uring engine: one submission an attempt, everything submitted in one enter a turn.
#pragma once

#include "engine/attempt.hpp"
#include "loop/core.hpp"

#include <liburing.h>

#include <atomic>

namespace evt::detail {

/// Keys of completions that are not requests'.
inline constexpr std::uint64_t key_of_cancel = 1;
inline constexpr std::uint64_t key_of_event = 3;
/// Beside the address of a File: of what stays in the ring for it.
inline constexpr std::uint64_t key_of_file = 2;
/// Zero in the key of a request.
inline constexpr std::uint64_t key_bits = 3;

/// What a request is doing in this engine, in Access::engine_flags.
enum UringPhase : std::uint8_t {
  submitted,   // Its own operation is in the ring.
  polling,     // A poll is, and the operation is tried again after it.
  kept_here,   // Nothing of its own is: it waits in one of our lists.
  watching,    // A poll that stays is, until it tells more than POLLRDHUP.
  unwatching,  // Its end was asked for; the operation is tried again after it.
};

class UringEngine final : public Engine {
 public:
  /// Drops flags, then entries, until the kernel agrees; `reason` says what it did not like.
  static Result<std::unique_ptr<Engine>> create(const LoopOptions& options, std::string& reason);
  UringEngine(const LoopOptions& options, const io_uring& ring, Fd event) noexcept;
  ~UringEngine() override;

  void attach(Core& core) noexcept override { core_ = &core; }
  void start(Request& request) override;
  void abort(Request& request) override;
  void await_end(Request& request) override;
  void wait(nanoseconds deadline) override;
  void flush() override;
  void wake() noexcept override;
  void forget(File& file) noexcept override;
  bool retire(File& file) noexcept override;
  void adopt(BufferPool& pool) noexcept override;
  void release(BufferPool& pool) noexcept override;
  void provide(BufferPool& pool, std::uint16_t id) noexcept override;
  int fd() noexcept override;
  void abandon() noexcept override {}
  Backend backend() const noexcept override { return Backend::io_uring; }

 private:
  io_uring_sqe* next_entry() noexcept {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    return entry != nullptr ? entry : make_room();
  }
  io_uring_sqe* make_room() noexcept;
  void begin();
  void prepare(io_uring_sqe* entry, Request& request) noexcept;
  void prepare_open(io_uring_sqe* entry, OpenRequest& request) noexcept;
  void prepare_read(io_uring_sqe* entry, FileRequest& request) noexcept;
  void prepare_write(io_uring_sqe* entry, FileRequest& request) noexcept;
  void prepare_socket(io_uring_sqe* entry, FileRequest& request) noexcept;
  void never_wait(io_uring_sqe* entry, File& file) noexcept;
  void start_io(Request& request);
  void wait_for_room(Request& request) noexcept;
  void submit(Request& request) noexcept;
  void wait_for(Request& request, Gate gate) noexcept;
  void try_here(Request& request);
  bool on_loop(Request& request);
  bool alone_and_cached(Request& request);
  void on_result(Request& request, const io_uring_cqe& completion);
  void on_watch(Request& request, const io_uring_cqe& completion);
  void on_poll(Request& request, int result, bool canceled);
  void watch(Request& request) noexcept;
  void try_again(Request& request);
  void retry_backlog();
  bool cancel(Request& request) noexcept;
  // uring_intake.cpp
  static File* file_of(std::uint64_t key) noexcept;
  void ask(Request& request);
  bool arm(Request& request) noexcept;
  void read_beside(Request& request);
  void end_intake(File& file) noexcept;
  void on_intake(const io_uring_cqe& completion);
  void on_connection(File& file, int result);
  void on_received(File& file, const io_uring_cqe& completion);
  bool took_buffer(Request& request, const io_uring_cqe& completion) noexcept;
  void go_on(File& file);
  static std::int64_t take_kept(Request& request) noexcept;
  void note_unasked(File& file) noexcept;
  void end_unasked() noexcept;
  void forsake(BufferPool& pool) noexcept;
  std::size_t reap();
  void empty_host() noexcept;
  void enter(unsigned wanted, __kernel_timespec* timeout) noexcept;
  bool sleep_until(nanoseconds deadline) noexcept;
  bool kernel_asks() const noexcept;

  Core* core_ = nullptr;
  Attempt context_;
  io_uring ring_;
  Fd event_;
  // The ring's own eventfd, for those who wait on fd(); -1 until asked for. Read by threads that wake.
  std::atomic<int> host_{-1};
  List backlog_;  // The submission queue was full.
  List dying_;    // Likewise, for the cancellation of what is in the ring.
  SlotTable<BufferPool> groups_;
  std::vector<File*> unasked_;  // Told something, or keep something, that perhaps nobody wants more of.
  std::size_t in_ring_ = 0;     // Submissions for Files whose last completion is still to come.
  bool enabled_ = false;
  bool registered_ = false;  // The ring's descriptor: calls name it by number.
  bool absolute_ = true;     // The kernel knows IORING_ENTER_ABS_TIMER, as far as we know.
  bool watching_event_ = false;
  bool nosignal_;
  bool guard_;  // No RWF_NOSIGNAL here: SIGPIPE is held back while the kernel works for us.
};

}  // namespace evt::detail
