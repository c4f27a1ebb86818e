/// Journal: one line for each process that ended, written together at the end of a turn.
#pragma once

#include "context.hpp"
#include "wait_pid/target.hpp"

#include <string>
#include <string_view>

namespace evtool::wait_pid {

/// "1234 exited 3 after 1.2 s"; escaped, without a newline.
std::string line_of(const Target& target);

/// "SIGTERM", "SIGRTMIN+3", or the number where there is no name.
std::string name_of_signal(int signal);

class Journal {
 public:
  /// `fd`: where the lines go, -1 for nowhere.
  Journal(const Context& context, int fd) : context_(context), fd_(fd) {}

  void add(const Target& target);
  /// False once the lines could not be written, which was said.
  bool flush();

 private:
  const Context& context_;
  int fd_;
  bool failed_ = false;
  std::string text_;
};

}  // namespace evtool::wait_pid
