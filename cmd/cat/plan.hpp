/// Which engine moves the bytes of one file. A pure decision; each engine may still decline, then `copy` goes on.
#pragma once

#include "cat/kind.hpp"

#include <cstddef>
#include <cstdint>

namespace evtool::cat {

enum class Engine : std::uint8_t {
  clone,   ///< File to file inside the kernel: reflink, copy_file_range(2), sendfile(2).
  splice,  ///< Pages change hands: file or pipe to pipe, pipe to file.
  copy,    ///< Through memory.
};

const char* name_of(Engine engine);

struct Facts {
  Kind source = Kind::other;
  Kind target = Kind::other;
  bool source_is_empty = false;      ///< By its size: so are the files of /proc, which only read(2) gets right.
  bool target_appends = false;       ///< O_APPEND: the kernel refuses anything but write(2).
  bool same_file = false;            ///< What is read is being written: sharing its pages would change what was read.
  bool changed_or_counted = false;   ///< The bytes have to pass through our hands, or --copy asks for it.
  std::size_t pipe_bytes = 1 << 20;  ///< Capacity of the smaller pipe that takes part.
};

/// A splice moves at most what the pipe takes. Below this copying is as good, and leaves the quota alone.
inline constexpr std::size_t least_pipe_bytes = std::size_t{64} * 1024;

Engine plan(const Facts& facts);

}  // namespace evtool::cat
