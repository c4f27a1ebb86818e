/// Waking on libev: ev_async. Usage: ev [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"

namespace {

class Player {
 public:
  Player(bench::Turn turn, const bench::Rally& rally) : score_{turn, rally.count()} {}

  void set_up() {
    ev_async_init(&async_, on_woken);
    async_.data = this;
    ev_async_start(loop_, &async_);
  }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) hit_other();
    ev_run(loop_, 0);
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }

 private:
  void hit_other() { ev_async_send(other_->loop_, &other_->async_); }

  static void on_woken(struct ev_loop* loop, ev_async* async, int /*events*/) {
    auto& player = *static_cast<Player*>(async->data);
    if (player.score_.hit()) player.hit_other();
    if (player.score_.over()) ev_break(loop, EVBREAK_ALL);
  }

  struct ev_loop* loop_ = bench::make_ev_loop();
  ev_async async_{};
  Player* other_ = nullptr;
  bench::Score score_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Rally rally{arguments};
  arguments.finish();

  Player first{bench::Turn::first, rally};
  Player second{bench::Turn::second, rally};
  first.face(second);
  second.face(first);
  rally.run("libev", first, second);
}
