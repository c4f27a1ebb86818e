/// The end of a run: summary and histogram on standard error, the report where --json-file says.
#include "timer/session.hpp"

#include "command.hpp"
#include "output.hpp"
#include "report.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <csignal>

namespace evtool::timer {

Session::Session(Context& given, const Settings& wanted)
    : context(given), settings(wanted), started(evt::read_clock(evt::Clock::monotonic)) {}

bool Session::open() {
  wake_precisely();
  loop_ = context.loop({.entries = 8, .broken_pipe = evt::BrokenPipe::deliver});
  return loop_ != nullptr;
}

void Session::run_loop() {
  const auto ran = loop_->run();
  if (ran) return;
  context.error("{}", ran.error().message());
  exit_ = failure;
}

Exit Session::finish(std::string_view mode) {
  print_summary();
  if (!report(mode) && exit_ == Exit::done) exit_ = failure;
  return exit_;
}

void Session::end(Exit exit) {
  exit_ = exit;
  loop_->stop();
}

std::uint64_t Session::seed() {
  std::uint64_t seed = 0;
  const bool random = ::getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed);
  return random ? seed : static_cast<std::uint64_t>(evt::read_clock(evt::Clock::monotonic).count());
}

void Session::print_summary() const {
  const auto& common = context.common;
  if (summary.empty()) return;
  const auto line = lateness.count() == 0 ? summary : summary + "; late by " + lateness.phrase();
  if (common.stats) {
    context.complain(line);
    (void)write_all(STDERR_FILENO, lateness.drawing(is_terminal(STDERR_FILENO)));
  } else if (common.verbose || exit_ == died_by(SIGINT)) {
    context.note("{}", line);
  }
}

bool Session::report(std::string_view mode) const {
  if (context.json_fd() < 0) return true;
  Report report(context);
  const auto elapsed = evt::read_clock(evt::Clock::monotonic) - started;
  report.result().begin_object().key("mode").text(mode);
  report.result().key("elapsed_ns").number(std::int64_t{elapsed.count()}).key("lateness");
  lateness.write(report.result());
  report.result().key("runs").number(runs).key("skipped").number(skipped).key("missed").number(missed);
  report.result().key("timed_out").boolean(timed_out);
  if ((static_cast<int>(exit_) & signal_flag) != 0) {
    report.result().key("signal").number(std::int64_t{static_cast<int>(exit_) & ~signal_flag});
  } else {
    report.result().key("exit").number(std::int64_t{static_cast<int>(exit_)});
  }
  report.result().end_object();
  return report.close();
}

}  // namespace evtool::timer
