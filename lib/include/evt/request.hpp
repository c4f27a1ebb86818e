/// Request: the base of every operation. The caller owns it, the loop only links it; it is all the
/// memory an operation needs.
#pragma once

#include <evt/callback.hpp>
#include <evt/detail/list.hpp>
#include <evt/result.hpp>
#include <evt/time.hpp>

#include <atomic>
#include <cstdint>

namespace evt {

class File;
class Request;

namespace detail {
class Core;
struct Access;

/// What other threads know of a request: its node in the loop's lock-free stack of things they
/// finished, and its job in a pool.
struct Remote {
  std::atomic<Remote*> next{nullptr};
  Request* owner = nullptr;
  void (*run)(Request& request) = nullptr;
  void* worker = nullptr;                                                               // Guarded by the pool's mutex.
  enum class Phase : std::uint8_t { none, queued, running, over } phase = Phase::none;  // Likewise.
};
}  // namespace detail

/// The kinds of operation, as statistics and traces name them.
enum class Operation : std::uint8_t {
  none,
  nop,
  read,
  readv,
  read_exact,
  write,
  writev,
  write_some,
  pread,
  pwrite,
  readable,
  writable,
  splice,
  fsync,
  close,
  open,
  connect,
  accept,
  shutdown,
  recv,
  send,
  recv_pooled,
  recvmsg,
  sendmsg,
  recvmmsg,
  sendmmsg,
  timer,
  wake,
  work,
  composed,
  signal,
  process,
};
inline constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::process) + 1;

/// The name of `operation`, a literal such as "read_exact".
const char* name_of(Operation operation) noexcept;

/// Names one activation of one request, for Loop::request_cancel. Trivially copyable; any thread.
/// False when the submission was refused: then error() says why and no callback will come.
class Ticket {
 public:
  Ticket() noexcept = default;
  explicit operator bool() const noexcept { return generation_ != 0; }
  /// Why the submission was refused: Errc::busy, Errc::no_loop or ENOMEM (write_inline: EMSGSIZE).
  Error error() const noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  std::uint64_t generation_ = 0;
  std::uint32_t slot_ = 0;
  std::int32_t refusal_ = 0;
};

/// Life: idle → queued → in_flight → (canceling) → ready → idle. A request completes exactly once
/// per submission, from Loop::run, never from inside the call that submits or cancels. Immovable.
/// Unless said otherwise only the loop's thread may touch it. Destroying a busy request is
/// cancel_sync() first: no callback comes, the buffers are the caller's again.
class Request {
 public:
  enum class State : std::uint8_t { idle, queued, in_flight, canceling, ready };

  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  State state() const noexcept { return state_; }
  bool idle() const noexcept { return state_ == State::idle; }
  Operation operation() const noexcept { return operation_; }
  /// A number no other activation of this loop has; what traces call the operation.
  std::uint64_t generation() const noexcept { return generation_; }

  /// Asks the operation to end. Idempotent in every state; the callback still comes, with
  /// Errc::canceled or with the real result if that won.
  void cancel() noexcept;

  /// The caller's own pointer; survives reuse.
  void set_user(void* user) noexcept { user_ = user; }
  void* user() const noexcept { return user_; }

  /// Orders ready callbacks within a turn: lower first, FIFO among equals. Default 0.
  void set_priority(int priority) noexcept;
  int priority() const noexcept { return priority_; }

  /// An unreferenced request does not keep run(until_done) going. Requests start referenced,
  /// Wake starts unreferenced. Takes effect at once, also while busy.
  void ref() noexcept;
  void unref() noexcept;
  bool referenced() const noexcept { return referenced_; }

 protected:
  using Invoke = Action (*)(Request& request);
  using Function = Action (*)(void*, Request&);

  Request(detail::Core* core, Invoke invoke) noexcept;
  ~Request();

  /// Makes the request idle without calling back; true when the operation won and left a result.
  bool settle() noexcept;

  friend struct detail::Access;
  friend class detail::Core;

  // Small, as there may be a million timers: two cache lines with all that a completion touches, and room behind for
  // two bytes of a derived type.
  detail::Hook hook_{this};
  std::int64_t result_ = 0;  // ≥ 0: a count; < 0: -errno or a detail code.
  Invoke invoke_;
  void (*function_)() = nullptr;
  void* context_ = nullptr;
  detail::Core* core_;
  std::uint64_t generation_ = 0;
  void* user_ = nullptr;
  std::uint32_t slot_ = 0;  // 0: none yet.
  std::int32_t priority_ = 0;
  std::uint16_t engine_data_ = 0;
  // Not beside the state: a submission changes both, and as one store of two bytes that would wait for narrower ones.
  bool on_file_ : 1 = false;  // A FileRequest whose File is there.
  bool referenced_ : 1 = true;
  bool cancel_requested_ : 1 = false;
  bool internal_ : 1 = false;       // The loop's own: neither counted nor observed.
  std::uint8_t direction_ : 2 = 0;  // The queue it is in.
  std::uint8_t engine_flags_ = 0;
  Operation operation_ = Operation::none;
  State state_ = State::idle;
};

/// A request that other threads may finish or notify: what they need for that.
class ThreadedRequest : public Request {
 protected:
  ThreadedRequest(detail::Core* core, Invoke invoke) noexcept : Request(core, invoke) { remote_.owner = this; }
  ~ThreadedRequest() = default;

  friend struct detail::Access;
  friend class detail::Core;
  detail::Remote remote_;
};

}  // namespace evt
