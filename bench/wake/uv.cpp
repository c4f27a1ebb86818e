/// Waking on libuv: uv_async. Usage: uv [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

namespace {

class Player {
 public:
  Player(bench::Turn turn, const bench::Rally& rally) : score_{turn, rally.count()} {}

  void set_up() {
    bench::checked_uv(uv_loop_init(&loop_), "uv_loop_init");
    bench::checked_uv(uv_async_init(&loop_, &async_, on_woken), "uv_async_init");
    async_.data = this;
  }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) uv_async_send(&other_->async_);
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }

 private:
  static void on_woken(uv_async_t* async) {
    auto& player = *static_cast<Player*>(async->data);
    if (player.score_.hit()) uv_async_send(&player.other_->async_);
    if (player.score_.over()) uv_stop(&player.loop_);
  }

  uv_loop_t loop_{};
  uv_async_t async_{};
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
  rally.run("libuv", first, second);
}
