/// Outputs: the main target, its tees, and a buffer in which small files come together.
#pragma once

#include "cat/settings.hpp"
#include "cat/target.hpp"

#include <cstddef>
#include <list>
#include <span>

namespace evtool::cat {

class Job;

class Outputs {
 public:
  static constexpr std::size_t batch_bytes = std::size_t{64} * 1024;

  Outputs(Job& job, const std::string& path) : job_(job), main_(path) {}

  /// Opens everything and makes sure that no operand would be overwritten. False when that failed, which was said.
  bool open();

  Target& main() { return main_; }

  /// Whether `identity` is a file that is written to.
  bool writes(Identity identity) const;

  /// Writes everything to every target, after what flush() would write. False when the main target failed, which was
  /// said; a tee that fails is left out from then on.
  bool write(std::span<const std::byte> bytes);

  /// Room for more bytes that may be held back until flush(); never empty after a flush.
  std::span<std::byte> room();
  void hold(std::size_t bytes) { held_bytes_ += bytes; }
  /// Before anything that may wait, and before a message.
  bool flush();

  /// Syncs and closes. False when something failed, which was said.
  bool close();

 private:
  bool open_file(Target& target, Target::Options options);
  bool empty_files();
  bool is_untouched(const std::string& operand);
  bool send(std::span<const std::byte> bytes);
  bool finish(Target& target);

  Job& job_;
  Target main_;
  std::list<Target> tees_;
  std::size_t held_bytes_ = 0;
};

}  // namespace evtool::cat
