/// Waking on libevent: an event made active from another thread. Usage: event [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"

#include <event2/thread.h>

namespace {

class Player {
 public:
  Player(bench::Turn turn, const bench::Rally& rally) : score_{turn, rally.count()} {}

  void set_up() { bench::checked_event(event_add(event_, nullptr), "event_add"); }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) event_active(other_->event_, EV_READ, 0);
    event_base_loop(base_, EVLOOP_NO_EXIT_ON_EMPTY);
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }

 private:
  static void on_woken(int /*fd*/, short /*events*/, void* context) {
    auto& player = *static_cast<Player*>(context);
    if (player.score_.hit()) event_active(player.other_->event_, EV_READ, 0);
    if (player.score_.over()) event_base_loopbreak(player.base_);
  }

  event_base* base_ = bench::make_event_base();
  struct event* event_ = event_new(base_, -1, EV_PERSIST, on_woken, this);
  Player* other_ = nullptr;
  bench::Score score_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Rally rally{arguments};
  arguments.finish();

  bench::checked_event(evthread_use_pthreads(), "evthread_use_pthreads");
  Player first{bench::Turn::first, rally};
  Player second{bench::Turn::second, rally};
  first.face(second);
  second.face(first);
  rally.run("libevent", first, second);
}
