/// Source: one input, open.
#pragma once

#include "cat/kind.hpp"
#include "cat/plan.hpp"
#include <evt/fd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace evtool::cat {

class Job;

/// How an engine ended: the input is at its end (or --bytes are used up); it cannot go on, another engine may; or a
/// failure, which was said.
enum class Ended : std::uint8_t { complete, declined, failed };

struct Source {
  std::string name;  ///< As messages call it.
  evt::Fd owned;
  int fd = -1;
  Kind kind = Kind::other;
  Identity identity;
  std::uint64_t size_bytes = 0;
  std::uint64_t skip_bytes = 0;  ///< Still to be read and thrown away: --offset of what cannot seek.
};

/// Fills in what fstat(2) knows. False when it failed, which was said.
bool inspect(Job& job, Source& source);

/// Opens an operand through the loop: a FIFO waits for its writer. `-` is standard input. Nothing when that failed,
/// which was said.
std::optional<Source> open_source(Job& job, const std::string& operand);

/// Whether reading `source` would only exhaust the output: it is the output, and not at its end. That is said.
bool is_output(Job& job, const Source& source);

/// Moves the whole of `source`, by the best engine and those that stand behind it.
void copy_source(Job& job, Source& source);

}  // namespace evtool::cat
