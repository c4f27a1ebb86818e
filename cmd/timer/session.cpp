/// The end of a run: summary and histogram on standard error, the report where --json-file says.
#include "timer/session.hpp"

#include "command.hpp"
#include "output.hpp"
#include "report.hpp"

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
  exit_ = Exit::failed;
}

Exit Session::finish(std::string_view mode) {
  print_summary();
  if (!report(mode) && exit_ == Exit::done) exit_ = Exit::failed;
  return exit_;
}

void Session::end(Exit exit) {
  exit_ = exit;
  loop_->stop();
}

void Session::print_summary() const {
  if (exit_ == died_by(SIGINT) || context.common.stats || context.common.verbose) {
    const auto late = lateness.count() == 0 ? std::string{} : "; late by " + lateness.phrase();
    context.note("{}{}", summary, late);
  }
  if (!context.common.stats || context.common.quiet) return;
  (void)write_all(STDERR_FILENO, lateness.drawing(is_terminal(STDERR_FILENO)));
}

bool Session::report(std::string_view mode) const {
  if (context.json_fd() < 0) return true;
  Report report(context);
  const auto elapsed = evt::read_clock(evt::Clock::monotonic) - started;
  report.result().begin_object().key("mode").text(mode);
  report.result().key("elapsed_ns").number(std::int64_t{elapsed.count()}).key("lateness");
  lateness.write(report.result());
  report.result().end_object();
  return report.close();
}

}  // namespace evtool::timer
