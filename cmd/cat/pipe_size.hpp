/// Enlarging pipes within the user's quota: a splice moves at most what the pipe takes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evtool::cat {

/// fs.pipe-user-pages-soft, 0 where there is no limit.
struct PipeQuota {
  std::uint64_t soft_pages = 0;
  std::size_t page_bytes = 4096;
};

/// How large each of `pipes` pipes should become: 1 MiB, or less where all of them together would use up more than half
/// of the quota. Past it pipe(2) gives every process of the user two pages.
std::size_t wanted_pipe_bytes(PipeQuota quota, std::size_t pipes);

PipeQuota read_pipe_quota();

/// Enlarges the pipe to `wanted` bytes, or as far as the kernel agrees; never makes it smaller. Returns what it holds
/// then; 0 when `fd` is no pipe.
std::size_t enlarge_pipe(int fd, std::size_t wanted);

}  // namespace evtool::cat
