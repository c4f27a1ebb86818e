/// `timer every DURATION -- CMD` and `timer at TIME -- CMD`: the command is run at every tick, never twice at a time.
#include "command.hpp"
#include "timer/alarm.hpp"
#include "timer/child.hpp"
#include "timer/modes.hpp"
#include "timer/schedule.hpp"
#include "timer/screen.hpp"

#include <algorithm>
#include <csignal>

namespace evtool::timer {
namespace {

constexpr int ending[] = {SIGHUP, SIGQUIT, SIGTERM, SIGINT};

class Runs {
 public:
  Runs(Session& session, const Recurrence& recurrence)
      : session_(session),
        most_(recurrence.most),
        clock_(recurrence.clock),
        schedule_({.first = recurrence.first,
                   .interval = recurrence.interval,
                   .splay = session.settings.splay.value_or(Duration{0})},
                  session.seed()),
        child_(session, group_for_commands(), {&Runs::on_end, this}),
        alarm_(session.loop(), {.clock = recurrence.clock, .spin = session.settings.spin.value_or(Duration{0})},
               {&Runs::on_due, this}),
        kill_alarm_(session.loop(), {}, {&Runs::on_kill, this}),
        signals_(session.loop(), {&Runs::on_signal, this}) {
    if (session.settings.screen) screen_.emplace(session, recurrence.interval);
    for (const int signal : {SIGUSR1, SIGUSR2})
      signals_.add(signal);
    for (const int signal : ending)
      signals_.add(signal);
    if (most_ > 0) alarm_.set(schedule_.due());
  }

  std::string progress() const {
    const auto elapsed = evt::read_clock(evt::Clock::monotonic) - session_.started;
    return fmt::format("{} runs, {} skipped, in {}", session_.runs, session_.skipped, show_duration(elapsed));
  }

 private:
  static Runs& of(void* self) { return *static_cast<Runs*>(self); }

  static void on_due(void* self, evt::nanoseconds now) { of(self).tick(now); }
  static void on_kill(void* self, evt::nanoseconds) { of(self).child_.signal_all(SIGKILL); }
  static void on_end(void* self, const evt::ProcessStatus& status) { of(self).ended(status); }
  static void on_signal(void* self, const evt::SignalInfo& info) { of(self).heard(info); }

  bool kills() const { return session_.settings.overlap == Overlap::kill; }

  void tick(evt::nanoseconds now) {
    session_.lateness.record(now - schedule_.due());
    schedule_.advance();
    if (!child_.is_running()) return run();
    // Only with --overlap=kill do ticks come while a command runs.
    replaced_ = true;
    child_.signal_all(session_.settings.term_signal());
    if (session_.settings.kill_after && !kill_alarm_.is_set())
      kill_alarm_.set(evt::saturating_add(evt::read_clock(evt::Clock::monotonic), *session_.settings.kill_after));
  }

  void run() {
    ++session_.runs;
    if (screen_ ? !screen_->run(child_) : !child_.start()) return;
    if (kills() && session_.runs < most_) alarm_.set(schedule_.due());
  }

  void ended(const evt::ProcessStatus& status) {
    kill_alarm_.clear();
    const auto exit = exit_of(status);
    if (screen_) screen_->ended(exit);
    if (interrupted_ != 0) return session_.end(died_by(interrupted_));
    if (std::exchange(replaced_, false)) return run();
    const bool satisfied = exit == Exit::done ? session_.settings.until_success : session_.settings.until_failure;
    if (satisfied || session_.runs >= most_) return session_.end(exit);
    if (kills()) return;
    if (session_.settings.overlap.value_or(Overlap::skip) == Overlap::skip)
      session_.skipped += schedule_.skip_until(evt::read_clock(clock_));
    alarm_.set(schedule_.due());
  }

  void heard(const evt::SignalInfo& info) {
    if (std::ranges::find(ending, info.signal) == std::end(ending)) {
      if (child_.is_running()) return child_.pass_on(info);
      if (info.signal == SIGUSR1) session_.context.complain(progress());
      return;
    }
    if (!child_.is_running()) return session_.end(died_by(info.signal));
    // The command decides how long it takes; a second signal of the kind does not wait.
    interrupted_ = info.signal;
    alarm_.clear();
    signals_.remove(info.signal);
    child_.pass_on(info);
  }

  Session& session_;
  std::uint64_t most_;
  evt::Clock clock_;
  bool replaced_ = false;  // The command was told to end, because the next one is due.
  int interrupted_ = 0;
  Schedule schedule_;
  Child child_;
  Alarm alarm_;
  Alarm kill_alarm_;
  std::optional<Screen> screen_;
  SignalWatch signals_;
};

}  // namespace

Exit runs(Session& session, std::string_view mode, const Recurrence& recurrence) {
  if (!session.open()) return Exit::failed;
  {
    Runs runs(session, recurrence);
    session.run_loop();
    session.summary = runs.progress();
  }
  return session.finish(mode);
}

}  // namespace evtool::timer
