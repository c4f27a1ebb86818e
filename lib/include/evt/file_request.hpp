/// FileRequest: what all operations on a File have in common.
#pragma once

#include <evt/file.hpp>
#include <evt/request.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

namespace evt {

/// The base of the requests that are made for one File; see IoRequest and socket_request.hpp. It has what such an
/// operation works on, and how far it has come.
class FileRequest : public ThreadedRequest {
 public:
  /// Bytes (of a batch: messages) moved by the current or last operation, also by one that failed or was cancelled.
  std::size_t transferred() const noexcept { return done_; }

 protected:
  FileRequest(File& file, Invoke invoke) noexcept;
  ~FileRequest();

  struct Operands {
    std::byte* data = nullptr;
    const iovec* vectors = nullptr;
    File* target = nullptr;
    mmsghdr* messages = nullptr;
    std::size_t size = 0;
    std::uint64_t offset = 0;
  };
  /// Admits the request with `operands` and enters it into the queues of its File.
  Ticket submit(Operation operation, const Operands& operands, void (*function)(), void* context) noexcept;

 private:
  friend struct detail::Access;
  friend class detail::Core;

  File* file_;
  detail::Hook target_hook_{this};  // Its place in the second queue of an operation that waits in two.
  union {
    std::byte* data_ = nullptr;  // Plain buffer.
    const iovec* vectors_;       // readv, writev, recvmsg, sendmsg.
    File* target_;               // splice.
    mmsghdr* messages_;          // recvmmsg, sendmmsg.
  };
  std::size_t size_ = 0;           // Bytes, vectors or messages wanted.
  std::size_t done_ = 0;           // Bytes or messages moved so far.
  std::uint64_t offset_ = 0;       // pread, pwrite; flags of a socket operation.
  std::size_t vector_index_ = 0;   // First vector not finished.
  std::size_t vector_offset_ = 0;  // Bytes of it already moved.
};

}  // namespace evt
