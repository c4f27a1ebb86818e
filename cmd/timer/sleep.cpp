/// `timer DURATION…`: one deadline, counted from the start of the run.
#include "command.hpp"
#include "timer/alarm.hpp"
#include "timer/modes.hpp"

#include <csignal>

namespace evtool::timer {
namespace {

class Sleep {
 public:
  Sleep(Session& session, Duration total)
      : session_(session),
        total_(total),
        deadline_(total == forever ? evt::never : evt::saturating_add(session.started, total)),
        alarm_(session.loop(), {.spin = session.settings.spin.value_or(Duration{0})}, {&Sleep::on_due, this}),
        signals_(session.loop(), {&Sleep::on_signal, this}) {
    signals_.add(SIGUSR1);
    signals_.add(SIGINT);
    alarm_.set(deadline_);
  }

  std::string progress() const {
    const auto elapsed = evt::read_clock(evt::Clock::monotonic) - session_.started;
    return show_duration(elapsed) + " of " + (total_ == forever ? "inf" : show_duration(total_));
  }

 private:
  static void on_due(void* self, evt::nanoseconds now) {
    auto& sleep = *static_cast<Sleep*>(self);
    sleep.session_.lateness.record(now - sleep.deadline_);
    sleep.session_.end(Exit::done);
  }

  static void on_signal(void* self, const evt::SignalInfo& info) {
    auto& sleep = *static_cast<Sleep*>(self);
    if (info.signal == SIGUSR1) return sleep.session_.context.complain(sleep.progress());
    sleep.session_.end(died_by(info.signal));
  }

  Session& session_;
  Duration total_;
  evt::nanoseconds deadline_;
  Alarm alarm_;
  SignalWatch signals_;
};

}  // namespace

Exit sleep(Session& session, Duration total) {
  if (!session.open()) return Exit::failed;
  const Sleep sleep(session, total);
  session.run_loop();
  session.summary = "slept " + sleep.progress();
  return session.finish("sleep");
}

}  // namespace evtool::timer
