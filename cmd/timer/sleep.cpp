/// `timer DURATION…` and `timer at TIME`: one deadline.
#include "command.hpp"
#include "timer/alarm.hpp"
#include "timer/modes.hpp"

#include <csignal>

namespace evtool::timer {
namespace {

class Sleeper {
 public:
  Sleeper(Session& session, const Sleep& sleep)
      : session_(session),
        sleep_(sleep),
        alarm_(session.loop(), {.clock = sleep.clock, .spin = session.settings.spin.value_or(Duration{0})},
               {&Sleeper::on_due, this}),
        signals_(session.loop(), {&Sleeper::on_signal, this}) {
    signals_.add(SIGUSR1);
    signals_.add(SIGINT);
    alarm_.set(sleep.deadline);
  }

  std::string progress() const {
    const auto left = evt::saturating_since(sleep_.deadline, evt::read_clock(sleep_.clock));
    const auto elapsed = evt::read_clock(evt::Clock::monotonic) - session_.started;
    if (sleep_.deadline == evt::never) return show_duration(elapsed) + " of inf";
    const bool counts_from_start = sleep_.clock == evt::Clock::monotonic;
    const auto total = counts_from_start ? sleep_.deadline - session_.started : evt::saturating_add(elapsed, left);
    return show_duration(elapsed) + " of " + show_duration(total);
  }

 private:
  static void on_due(void* self, evt::nanoseconds now) {
    auto& sleeper = *static_cast<Sleeper*>(self);
    sleeper.session_.lateness.record(now - sleeper.sleep_.deadline);
    sleeper.session_.end(Exit::done);
  }

  static void on_signal(void* self, const evt::SignalInfo& info) {
    auto& sleeper = *static_cast<Sleeper*>(self);
    if (info.signal == SIGUSR1) return sleeper.session_.context.complain(sleeper.progress());
    sleeper.session_.end(died_by(info.signal));
  }

  Session& session_;
  Sleep sleep_;
  Alarm alarm_;
  SignalWatch signals_;
};

}  // namespace

Exit sleep(Session& session, std::string_view mode, const Sleep& sleep) {
  if (!session.open()) return Exit::failed;
  Sleeper sleeper(session, sleep);
  session.run_loop();
  session.summary = "slept " + sleeper.progress();
  return session.finish(mode);
}

}  // namespace evtool::timer
