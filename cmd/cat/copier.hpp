/// Copier: bytes through memory, by requests of the loop. The only engine that can change, delay or distribute them.
#pragma once

#include "cat/pacer.hpp"
#include "cat/source.hpp"
#include "cat/transform.hpp"
#include <evt/io_request.hpp>
#include <evt/loop.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace evtool::cat {

class Job;

class Copier {
 public:
  explicit Copier(Job& job);

  /// Reads `source` to its end; never declines.
  Ended copy(Source& source);

  /// Writes what -E still holds back once no input follows. False when that failed, which was said.
  bool finish();

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };

  evt::Result<std::size_t> read(evt::Loop& loop, evt::IoRequest& request, std::size_t size);
  bool deliver(std::span<const std::byte> bytes);
  bool pause(evt::Loop& loop, std::size_t bytes);

  Job& job_;
  std::size_t chunk_bytes_;
  std::optional<Transform> transform_;
  std::optional<Pacer> pacer_;
  std::unique_ptr<std::byte, Free> input_;
  std::unique_ptr<std::byte, Free> changed_;  // What the transform makes of it.
};

}  // namespace evtool::cat
