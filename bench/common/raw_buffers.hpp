/// A ring of buffers that the kernel receives into: nobody holds one while nothing has come.
#pragma once

#include "common/raw_ring.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace bench {

class RawBuffers {
 public:
  static constexpr unsigned short group = 0;

  struct Shape {
    unsigned count;  ///< A power of two.
    std::size_t bytes_each;
  };

  RawBuffers(RawRing& ring, Shape shape)
      : shape_{shape},
        memory_(shape.count * shape.bytes_each),
        entries_{static_cast<io_uring_buf_ring*>(
            std::aligned_alloc(4096, std::max<std::size_t>(4096, shape.count * sizeof(io_uring_buf))))} {
    io_uring_buf_ring_init(entries_.get());
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(entries_.get());
    registration.ring_entries = shape.count;
    registration.bgid = group;
    const int error = io_uring_register_buf_ring(&ring.ring(), &registration, 0);
    if (error != 0) fail("io_uring_register_buf_ring", std::strerror(-error));
    for (unsigned id = 0; id < shape.count; ++id)
      give_back(static_cast<unsigned short>(id));
  }

  /// The buffer that a completion has filled.
  static unsigned short id_of(const io_uring_cqe& completion) noexcept {
    return static_cast<unsigned short>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
  }
  [[nodiscard]] std::span<std::byte> buffer(unsigned short id) noexcept {
    return {memory_.data() + id * shape_.bytes_each, shape_.bytes_each};
  }

  void give_back(unsigned short id) noexcept {
    const auto target = buffer(id);
    io_uring_buf_ring_add(entries_.get(), target.data(), static_cast<unsigned>(target.size()), id,
                          io_uring_buf_ring_mask(shape_.count), 0);
    io_uring_buf_ring_advance(entries_.get(), 1);
  }

 private:
  struct Free {
    void operator()(io_uring_buf_ring* entries) const noexcept { std::free(entries); }
  };
  Shape shape_;
  std::vector<std::byte> memory_;
  std::unique_ptr<io_uring_buf_ring, Free> entries_;
};

}  // namespace bench
