/// `timer timeout DURATION -- CMD`: as timeout(1) of coreutils, exit codes included.
#include "command.hpp"
#include "timer/alarm.hpp"
#include "timer/child.hpp"
#include "timer/modes.hpp"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace evtool::timer {
namespace {

constexpr int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

class Timeout {
 public:
  Timeout(Session& session, Duration limit)
      : session_(session),
        limit_(limit),
        child_(session, session.settings.foreground ? evt::ProcessGroup::inherit : group_for_commands(),
               {&Timeout::on_end, this}),
        limit_alarm_(session.loop(), {}, {&Timeout::on_limit, this}),
        kill_alarm_(session.loop(), {}, {&Timeout::on_kill, this}),
        signals_(session.loop(), {&Timeout::on_signal, this}) {}

  void start() {
    const int ending = session_.settings.term_signal();
    for (const int signal : passed_on)
      signals_.add(signal);
    if (std::ranges::find(passed_on, ending) == std::end(passed_on) && ending != SIGALRM) signals_.add(ending);
    // Whoever sends it means the end of the time, as it does to timeout(1).
    signals_.add(SIGALRM);
    if (!child_.start()) return;
    session_.runs = 1;
    if (limit_ != Duration{0}) limit_alarm_.set(from_now(limit_));
  }

  bool timed_out() const { return timed_out_; }

 private:
  static Timeout& of(void* self) { return *static_cast<Timeout*>(self); }

  static evt::nanoseconds from_now(Duration delay) {
    return evt::saturating_add(evt::read_clock(evt::Clock::monotonic), delay);
  }

  static void on_limit(void* self, evt::nanoseconds) { of(self).time_is_up(); }

  static void on_kill(void* self, evt::nanoseconds) {
    of(self).timed_out_ = true;
    of(self).end_it(SIGKILL);
  }

  static void on_signal(void* self, const evt::SignalInfo& info) {
    if (info.signal == SIGALRM) return of(self).time_is_up();
    of(self).end_it(info.signal);
  }

  void time_is_up() {
    timed_out_ = true;
    end_it(session_.settings.term_signal());
  }

  /// Any signal that is passed on starts the time that --kill-after leaves.
  void end_it(int signal) {
    if (!child_.is_there()) return;
    const auto& settings = session_.settings;
    if (settings.kill_after && *settings.kill_after != Duration{0} && !std::exchange(kill_set_, true))
      kill_alarm_.set(from_now(*settings.kill_after));
    if (settings.announce || session_.context.common.verbose)
      session_.context.error("sending signal {} to command '{}'", signal_name(signal), session_.context.command[0]);
    if (settings.foreground || signal == 0) return child_.signal(signal);
    if (child_.has_own_group()) return child_.signal_all(signal);
    // Our own group: it is to reach everybody but us.
    signals_.remove(signal);
    std::signal(signal, SIG_IGN);
    ::kill(0, signal);
    if (signal != SIGKILL && signal != SIGCONT) ::kill(0, SIGCONT);
  }

  static void on_end(void* self, const evt::ProcessStatus& status) { of(self).ended(status); }

  void ended(const evt::ProcessStatus& status) {
    bool tell_its_own = !timed_out_ || session_.settings.preserve_status;
    auto exit = exit_of(status);
    if (status.kind == evt::ProcessStatus::Kind::signaled) {
      if (status.core_dumped) session_.context.error("the monitored command dumped core");
      if (!timed_out_) exit = die_like_command(status.code);
      if (status.code == SIGKILL) tell_its_own = true;
    }
    session_.end(tell_its_own ? exit : Exit::timed_out);
  }

  Session& session_;
  Duration limit_;
  bool timed_out_ = false;
  bool kill_set_ = false;
  Child child_;
  Alarm limit_alarm_;
  Alarm kill_alarm_;
  SignalWatch signals_;
};

}  // namespace

Exit timeout(Session& session, Duration limit) {
  session.failure = Exit::internal;
  if (!session.open()) return session.failure;
  Timeout timeout(session, limit);
  timeout.start();
  session.run_loop();
  session.timed_out = timeout.timed_out();
  return session.finish("timeout");
}

}  // namespace evtool::timer
