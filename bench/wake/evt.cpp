/// Waking on evt: Wake. Usage: evt [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/wake.hpp>

namespace {

class Player {
 public:
  Player(bench::Turn turn, const bench::Rally& rally, bench::Arguments& arguments)
      : loop_{bench::make_loop(arguments)}, score_{turn, rally.count()} {}

  void set_up() {
    wake_.ref();
    if (!wake_.wait(evt::bind<&Player::on_woken>(*this))) bench::fail("wake", "was refused");
  }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) other_->wake_.notify();
    bench::run_to_end(loop_);
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }
  [[nodiscard]] evt::Backend backend() const noexcept { return loop_.backend(); }
  static std::uint64_t calls(const Player& player) { return player.loop_.statistics().kernel_entries; }

 private:
  evt::Action on_woken(evt::Wake& /*wake*/, evt::Result<void> result) {
    if (!result) bench::fail("wake", result.error().message().c_str());
    if (score_.hit()) other_->wake_.notify();
    return score_.over() ? evt::Action::disarm : evt::Action::rearm;
  }

  evt::Loop loop_;
  evt::Wake wake_{loop_};
  Player* other_ = nullptr;
  bench::Score score_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Rally rally{arguments};
  Player first{bench::Turn::first, rally, arguments};
  bench::Arguments same{argc, argv};
  Player second{bench::Turn::second, rally, same};
  arguments.finish();

  first.face(second);
  second.face(first);
  rally.run(evt::name_of(first.backend()), first, second, Player::calls);
}
