/// File: a descriptor on a loop with two FIFO queues of requests, one per direction.
#pragma once

#include <evt/fd.hpp>
#include <evt/request.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace evt {

class BufferPool;
class Loop;

enum class Direction : std::uint8_t { read, write };

/// Where a File gets its descriptor from: see File::borrow and File::adopt.
struct FileSource {
  int fd = -1;
  bool owned = false;
};

/// ordered: one read-like and one write-like operation in flight, oldest first. unordered: all run
/// at once and the kernel keeps no order between them; for descriptors where that does not matter.
enum class Ordering : std::uint8_t { ordered, unordered };

/// One descriptor and its queues. Read-like operations run one at a time in the order they were
/// submitted, so do write-like ones, beside each other; pread and pwrite run in parallel.
/// Descriptor flags are never changed: an inherited descriptor keeps its O_NONBLOCK as it was.
/// Immovable; the loop's thread only. Destroying a File settles its busy requests without calling
/// back (see Request), takes it off the loop, and closes an adopted descriptor.
class File {
 public:
  explicit File(Loop& loop, FileSource source = {}, Ordering ordering = Ordering::ordered);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// The descriptor stays the caller's: it must stay open while the File uses it.
  static FileSource borrow(int fd) noexcept { return {fd, false}; }
  /// The File closes the descriptor.
  static FileSource adopt(Fd fd) noexcept { return {fd.release(), true}; }

  /// Settles busy requests like the destructor, closes an adopted descriptor, takes the next.
  void assign(FileSource source) noexcept;
  /// Settles busy requests like the destructor and gives the descriptor back, open.
  [[nodiscard]] int release() noexcept;

  int fd() const noexcept { return fd_; }
  bool is_open() const noexcept { return fd_ >= 0; }

  /// Starts no new operation of `direction`; cancels nothing. resume() goes on in order.
  void pause(Direction direction) noexcept;
  void resume(Direction direction) noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;
  friend class FileRequest;
  File(detail::Core& core, FileSource source) noexcept;
  void join() noexcept;
  void leave() noexcept;

  /// What the descriptor is, found out by fstat(2) on first need.
  enum class Kind : std::uint8_t { unknown, stream_socket, datagram_socket, pipe, tty, regular, memory_device, other };

  struct Queue {
    detail::List waiting;
    Request* active = nullptr;  // The one that has its turn, of an ordered file.
    bool paused = false;
  };
  /// What a readiness engine remembers of one direction.
  struct Readiness {
    detail::List parked;  // In flight, waiting for an edge.
    bool maybe = true;    // An attempt may succeed; false only after EAGAIN or a short count.
    bool sticky = false;  // Hang-up or error seen: a short count does not mean drained.
  };

  /// Of an operation that stays with the kernel and is told again and again: what came that nobody had asked for.
  struct Intake {
    enum class Phase : std::uint8_t { off, armed, ending };
    BufferPool* pool = nullptr;                     // Whose buffers; null where connections are accepted.
    std::unique_ptr<std::vector<int>> connections;  // Made when the first one comes unasked.
    std::uint32_t offset = 0;                       // Bytes of the first buffer that were read already.
    std::uint16_t first = 0xffff;                   // Buffers, linked by the pool.
    std::uint16_t last = 0xffff;
    std::uint16_t generation = 0;
    Phase phase = Phase::off;
    bool repeats = false;  // Accepted before: worth staying.
    bool plain = false;    // Not a socket.
    bool unasked = false;  // The engine looks whether anybody asks.
    bool ends = false;     // With `end`, after everything else.
    int end = 0;

    bool holds() const noexcept { return ends || first != 0xffff || (connections != nullptr && !connections->empty()); }
    bool busy() const noexcept { return phase != Phase::off || holds(); }
  };

  detail::Core* core_;
  int fd_ = -1;
  bool owned_ = false;
  Ordering ordering_;
  Kind kind_ = Kind::unknown;
  bool nonblocking_ = false;    // The description already has O_NONBLOCK.
  bool dries_ = false;          // A short count means drained, or full (TCP, plain pipes).
  bool nowait_ = true;          // preadv2(RWF_NOWAIT) works as far as we know.
  bool blocking_only_ = false;  // No non-blocking way is left: a pool thread does it.
  bool silent_ = false;         // The kernel has nothing to tell of it any more.
  int private_fd_ = -1;         // Our own non-blocking description of the same FIFO or tty.
  int watched_fd_ = -1;         // What the engine registered, and with which events.
  std::uint32_t watched_ = 0;
  std::uint32_t registration_ = 0;  // The engine's slot, 0 for none.
  std::uint32_t parallel_ = 0;      // Operations in flight outside the queues.
  std::uint32_t busy_ = 0;          // Requests that are not idle.
  std::uint32_t requests_ = 0;      // Requests made for this File.
  Request* closing_ = nullptr;
  Queue queues_[2];
  Readiness readiness_[2];
  Intake intake_;
  File* next_ = nullptr;  // All files of the loop.
  File* previous_ = nullptr;
};

}  // namespace evt
