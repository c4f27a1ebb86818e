/// evtool: one binary, many applets. Only this file ends the process.
#include "applets.hpp"
#include "output.hpp"
#include "signals.hpp"

#include <span>

int main(int argc, char** argv) {
  using namespace evtool;
  guard_standard_descriptors();
  watch_progress_signal();
  const auto exit = static_cast<int>(dispatch(std::span(argv, static_cast<std::size_t>(argc))));
  if ((exit & signal_flag) != 0) return die_by(exit & ~signal_flag);
  return exit;
}
