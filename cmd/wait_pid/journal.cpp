/// The text of the lines.
#include "wait_pid/journal.hpp"

#include "output.hpp"
#include "signal_names.hpp"
#include "terminal.hpp"

namespace evtool::wait_pid {
namespace {

std::string happened(const Target& target) {
  const auto after = " after " + show_duration(target.waited);
  switch (target.outcome) {
    case Outcome::running:
      return "has not ended";
    case Outcome::exited:
      return "exited " + std::to_string(target.code) + after;
    case Outcome::killed:
      return "killed by " + name_of_signal(target.code) + after + (target.core_dumped ? ", core dumped" : "");
    case Outcome::unknown:
      return "ended" + after + ", status unknown";
    case Outcome::gone:
      break;
  }
  return "had ended before, status unknown";
}

/// Whether the operand says more than the process id does.
bool is_worth_telling(const Target& target) {
  return target.pid != 0 && !target.operand.starts_with(std::to_string(target.pid));
}

}  // namespace

std::string name_of_signal(int signal) {
  auto name = signal_name(signal);
  return std::to_string(signal) == name ? name : "SIG" + name;
}

std::string line_of(const Target& target) {
  std::string line = target.pid == 0 ? target.operand : std::to_string(target.pid);
  line.append(" ").append(happened(target));
  if (is_worth_telling(target)) line.append(" (").append(target.operand).append(")");
  return escaped(line);
}

void Journal::add(const Target& target) {
  if (fd_ >= 0) text_.append(line_of(target)).append("\n");
}

bool Journal::flush() {
  if (text_.empty() || failed_) return !failed_;
  const int error = write_all(fd_, text_);
  text_.clear();
  if (error == 0) return true;
  context_.error("{}: {}", fd_ == 1 ? "standard output" : "standard error", errno_text(error));
  failed_ = true;
  return false;
}

}  // namespace evtool::wait_pid
