/// `timer every DURATION`: a line a tick. A tick that was missed gets its line too, and is as late as it is.
#include "command.hpp"
#include "timer/alarm.hpp"
#include "timer/lines.hpp"
#include "timer/modes.hpp"
#include "timer/schedule.hpp"

#include <csignal>

namespace evtool::timer {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
/// Ticks told in one go; others get their turn in between.
constexpr int batch = 256;

class Ticks {
 public:
  Ticks(Session& session, Duration interval)
      : session_(session),
        most_(session.settings.count.value_or(UINT64_MAX)),
        schedule_({.first = evt::saturating_add(session.started, interval),
                   .interval = interval,
                   .splay = session.settings.splay.value_or(Duration{0})},
                  session.seed()),
        lines_(session, {&Ticks::on_drained, this}),
        alarm_(session.loop(), {.spin = session.settings.spin.value_or(Duration{0})}, {&Ticks::on_due, this}),
        signals_(session.loop(), {&Ticks::on_signal, this}) {
    signals_.add(SIGUSR1);
    signals_.add(SIGINT);
    go_on();
  }

  std::string progress() const {
    const auto elapsed = evt::read_clock(evt::Clock::monotonic) - session_.started;
    return fmt::format("{} ticks, {} missed, in {}", ticks_, session_.missed, show_duration(elapsed));
  }

 private:
  static Ticks& of(void* self) { return *static_cast<Ticks*>(self); }

  static void on_due(void* self, evt::nanoseconds now) { of(self).tick(now); }
  static void on_drained(void* self) { of(self).go_on(); }

  static void on_signal(void* self, const evt::SignalInfo& info) {
    if (info.signal == SIGUSR1) return of(self).session_.context.complain(of(self).progress());
    of(self).session_.end(died_by(info.signal));
  }

  /// After the last tick nothing is set any more, and the loop ends when its line is written.
  void go_on() {
    if (ticks_ < most_ && !lines_.is_full() && !alarm_.is_set()) alarm_.set(schedule_.due());
  }

  void tick(evt::nanoseconds now) {
    for (int told = 0; told < batch && ticks_ < most_ && schedule_.due() <= now && !lines_.is_full(); ++told) {
      const auto late = now - schedule_.due();
      count(late);
      ++ticks_;
      if (!session_.context.common.quiet) print(late);
      schedule_.advance();
    }
    go_on();
  }

  /// How late a wake-up was is what cyclictest counts too: a tick that was over when an earlier one was told had none.
  void count(Duration late) {
    if (schedule_.due() > woken_) {
      session_.lateness.record(late);
      woken_ = evt::saturating_add(schedule_.due(), late);
    } else {
      ++session_.missed;
    }
  }

  void print(Duration late) {
    const auto due = schedule_.due() - session_.started;
    char line[96];
    const auto end = fmt::format_to_n(line, sizeof line, "{}\t{}.{:09}\t{}.{:09}\n", ticks_, due.count() / second_ns,
                                      due.count() % second_ns, late.count() / second_ns, late.count() % second_ns);
    lines_.append({line, end.size});
  }

  Session& session_;
  std::uint64_t most_;
  std::uint64_t ticks_ = 0;
  evt::nanoseconds woken_{0};
  Schedule schedule_;
  Lines lines_;
  Alarm alarm_;
  SignalWatch signals_;
};

}  // namespace

Exit ticks(Session& session, Duration interval) {
  if (!session.open()) return Exit::failed;
  Ticks ticks(session, interval);
  session.run_loop();
  session.summary = ticks.progress();
  return session.finish("every");
}

}  // namespace evtool::timer
