/// Opening without destroying an input, writing to all targets at once, and holding small files back.
#include "cat/outputs.hpp"

#include "cat/job.hpp"
#include "output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace evtool::cat {
namespace {

/// A run has one output. Static, so that start-up pays nothing for it: no heap to grow, no page that is not used.
constinit std::array<std::byte, Outputs::batch_bytes> held{};

}  // namespace

bool Outputs::open() {
  const auto& settings = job_.settings;
  if (main_.is_standard()) {
    if (const int error = main_.inherit(); error != 0) {
      job_.output_failed(main_.name(), error);
      return false;
    }
  } else if (!open_file(main_, {.append = settings.append, .direct = settings.direct})) {
    return false;
  }
  for (const auto& path : settings.tee) {
    if (!open_file(tees_.emplace_back(path), {})) return false;
  }
  return (main_.is_standard() && tees_.empty()) || empty_files();
}

/// What files held before goes only when it is known that nothing of it is an operand.
bool Outputs::empty_files() {
  const auto& operands = job_.context.operands;
  if (!std::ranges::all_of(operands, [this](const auto& operand) { return is_untouched(operand); })) {
    job_.abandon();
    return false;
  }
  const auto empty = [this](const Target& target) {
    const int error = target.truncate();
    if (error != 0) job_.output_failed(target.name(), error);
    return error == 0;
  };
  return empty(main_) && std::ranges::all_of(tees_, empty);
}

bool Outputs::open_file(Target& target, Target::Options options) {
  evt::Loop* loop = job_.loop();
  if (loop == nullptr) return false;
  if (const int error = target.open(*loop, options); error != 0) {
    job_.error("{}: {}", target.name(), errno_text(error));
    job_.abandon();
    return false;
  }
  const auto is_same = [&](const Target& other) {
    return &other != &target && other.fd() >= 0 && other.identity() == target.identity();
  };
  if (target.kind() != Kind::regular || (!is_same(main_) && std::ranges::none_of(tees_, is_same))) return true;
  job_.error("{}: would be written twice at once", target.name());
  job_.abandon();
  return false;
}

bool Outputs::is_untouched(const std::string& operand) {
  struct stat status{};
  const bool found = operand == "-" ? ::fstat(STDIN_FILENO, &status) == 0 : ::stat(operand.c_str(), &status) == 0;
  // What cannot be looked at is reported when its turn comes, and what is empty has nothing to lose.
  if (!found || !S_ISREG(status.st_mode) || status.st_size == 0 || !writes(identity_of(status))) return true;
  job_.error("{}: input file is output file", operand);
  return false;
}

bool Outputs::writes(Identity identity) const {
  if (main_.identity() == identity) return true;
  return std::ranges::any_of(tees_, [&](const Target& tee) { return tee.identity() == identity; });
}

std::span<std::byte> Outputs::room() {
  return std::span(held).subspan(held_bytes_);
}

bool Outputs::flush() {
  const auto bytes = std::span<const std::byte>(held).first(std::exchange(held_bytes_, 0));
  return bytes.empty() || send(bytes);
}

bool Outputs::write(std::span<const std::byte> bytes) {
  return flush() && (bytes.empty() || send(bytes));
}

bool Outputs::send(std::span<const std::byte> bytes) {
  if (tees_.empty() && job_.may_block()) {
    int error = 0;
    bytes = bytes.subspan(main_.write_now(bytes, error));
    if (error != 0) {
      job_.output_failed(main_.name(), error);
      return false;
    }
    if (bytes.empty()) return true;
  }
  evt::Loop* loop = job_.loop();
  if (loop == nullptr) return false;
  main_.start(*loop, bytes);
  for (auto& tee : tees_)
    tee.start(*loop, bytes);
  const auto is_busy = [](const Target& target) { return target.busy(); };
  while (main_.busy() || std::ranges::any_of(tees_, is_busy)) {
    if (loop->run(evt::RunMode::once)) continue;
    job_.abandon();
    return false;
  }
  for (auto tee = tees_.begin(); tee != tees_.end();) {
    const int error = tee->error();
    if (error != 0) job_.tee_failed(tee->name(), error);
    tee = error != 0 ? tees_.erase(tee) : std::next(tee);
  }
  if (main_.error() == 0) return true;
  job_.output_failed(main_.name(), main_.error());
  return false;
}

bool Outputs::close() {
  bool closed = finish(main_);
  for (auto& tee : tees_)
    closed = finish(tee) && closed;
  return closed;
}

bool Outputs::finish(Target& target) {
  evt::Loop* loop = job_.settings.fsync ? job_.loop() : nullptr;
  int error = loop == nullptr ? 0 : target.sync(*loop);
  if (const int closing = target.close(); error == 0) error = closing;
  if (error != 0) job_.output_failed(target.name(), error);
  return error == 0;
}

}  // namespace evtool::cat
