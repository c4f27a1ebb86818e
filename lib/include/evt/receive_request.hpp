/// ReceiveRequest: receiving into a BufferPool.
#pragma once

#include <evt/buffer_pool.hpp>
#include <evt/file_request.hpp>

#include <optional>

namespace evt {

/// Receives what is there into a buffer that it takes from a pool only then. Read-like, as read().
class ReceiveRequest : public FileRequest {
 public:
  using Done = Callback<ReceiveRequest, Buffer>;

  explicit ReceiveRequest(File& file) noexcept;
  /// Gives a buffer back that was received but not yet delivered; what is in it is lost.
  ~ReceiveRequest();

  /// Of a socket or a pipe; `pool` is borrowed until completion. At least 1 byte (a datagram may be empty: then there
  /// is no buffer), or Errc::eof. Rearming, or receiving again soon, is the cheapest way to read small messages. The
  /// loop may receive ahead, into buffers of the pool: the File keeps that for its next read of whatever kind (but
  /// not for a splice, which fails with EINVAL), and loses it with its descriptor.
  Ticket receive(BufferPool& pool, Done done) noexcept;

  std::optional<Result<Buffer>> cancel_sync() noexcept;

 private:
  friend struct detail::Access;
  static Action invoke(Request& request);
  Result<Buffer> take_result() noexcept;
  BufferPool* pool_ = nullptr;
  BufferPool* source_ = nullptr;        // Whose buffer came: another pool's, of what was received ahead into that.
  std::uint32_t offset_in_buffer_ = 0;  // Where what is new begins, of a buffer read in part.
  std::uint16_t buffer_ = 0;
};

}  // namespace evt
