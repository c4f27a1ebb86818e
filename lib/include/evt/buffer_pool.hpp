/// BufferPool: buffers of one size that a receive takes only when there is something to put into them, so that an idle
/// connection holds none; and Buffer, which is one of them with what was received.
#pragma once

#include <evt/detail/list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace evt {

class BufferPool;
class Loop;
namespace detail {
class Core;
struct Access;
}  // namespace detail

/// What was received, in a buffer of a pool, which gets it back when this goes. The loop's thread only.
class Buffer {
 public:
  Buffer() noexcept = default;
  Buffer(Buffer&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})), id_(other.id_) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this == &other) return *this;
    reset();
    pool_ = std::exchange(other.pool_, nullptr);
    bytes_ = std::exchange(other.bytes_, {});
    id_ = other.id_;
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { reset(); }

  /// Yours to read and to change until the Buffer goes; moving it does not move them.
  std::span<std::byte> bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  /// Gives the buffer back now.
  void reset() noexcept;

 private:
  friend struct detail::Access;
  Buffer(BufferPool* pool, std::span<std::byte> bytes, std::uint16_t id) noexcept
      : pool_(pool), bytes_(bytes), id_(id) {}
  BufferPool* pool_ = nullptr;
  std::span<std::byte> bytes_;
  std::uint16_t id_ = 0;
};

struct BufferPoolOptions {
  unsigned count = 256;     ///< Buffers, 1 to 32 768.
  std::size_t size = 4096;  ///< Bytes of each.
};

/// Belongs to the caller, serves any number of Files of one loop, and outlives its Buffers and the requests that
/// receive into it. The loop's thread only. A pool that has run out is no error: who receives waits for a buffer.
/// Where the kernel has rings of buffers (io_uring, 5.19) it takes them from there by itself. Allocates when it is
/// made and then no more.
class BufferPool {
 public:
  explicit BufferPool(Loop& loop, BufferPoolOptions options = {});
  /// What Files had received ahead into it, and nobody had asked for yet, is lost.
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  unsigned count() const noexcept { return count_; }
  std::size_t buffer_size() const noexcept { return size_; }
  /// Buffers that hold nothing now.
  unsigned available() const noexcept { return count_ - held_; }

 private:
  friend struct detail::Access;
  friend class detail::Core;
  friend class Buffer;

  static constexpr std::uint16_t none = 0xffff;

  detail::Core* core_;
  unsigned count_;
  unsigned held_ = 0;
  unsigned promised_ = 0;  // To requests that the next pump() starts.
  std::size_t size_;
  std::unique_ptr<std::byte[]> memory_;
  /// Of a free buffer, or of one received ahead, the next one; `bytes` of the latter.
  struct Slot {
    std::uint16_t next = none;
    bool held = false;
    std::uint32_t bytes = 0;
  };
  std::unique_ptr<Slot[]> slots_;
  std::uint16_t free_ = none;   // First free one; not used while the kernel has them.
  std::uint32_t group_ = 0;     // What the engine calls it; 0: the engine does not know it.
  void* ring_ = nullptr;        // The engine's.
  detail::List starving_;       // Requests that wait for a buffer.
  BufferPool* next_ = nullptr;  // All pools of the loop.
  BufferPool* previous_ = nullptr;
};

}  // namespace evt
