/// F_SETPIPE_SZ, and the sysctl that rations it.
#include "cat/pipe_size.hpp"

#include <evt/fd.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace evtool::cat {
namespace {

constexpr std::size_t best_bytes = std::size_t{1} << 20;

std::size_t capacity_of(int fd) {
  const int bytes = ::fcntl(fd, F_GETPIPE_SZ);
  return bytes < 0 ? 0 : static_cast<std::size_t>(bytes);
}

}  // namespace

std::size_t wanted_pipe_bytes(PipeQuota quota, std::size_t pipes) {
  if (quota.soft_pages == 0 || pipes == 0) return best_bytes;
  // A larger quota than this would overflow, and is none.
  const std::uint64_t pages = std::min<std::uint64_t>(quota.soft_pages, UINT32_MAX) / 2 / pipes;
  // The kernel rounds up to a power of two.
  return std::min<std::uint64_t>(best_bytes, std::bit_floor(pages * quota.page_bytes));
}

PipeQuota read_pipe_quota() {
  PipeQuota quota{.page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))};
  const evt::Fd file(::open("/proc/sys/fs/pipe-user-pages-soft", O_RDONLY | O_CLOEXEC));
  std::array<char, 32> text{};
  const auto length = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (length > 0) std::from_chars(text.data(), text.data() + length, quota.soft_pages);
  return quota;
}

std::size_t enlarge_pipe(int fd, std::size_t wanted) {
  const std::size_t before = capacity_of(fd);
  // EPERM: above pipe-max-size, or the quota is used up. Half may still do.
  for (; before != 0 && wanted > before; wanted /= 2) {
    if (::fcntl(fd, F_SETPIPE_SZ, static_cast<int>(wanted)) >= 0) return capacity_of(fd);
  }
  return before;
}

}  // namespace evtool::cat
