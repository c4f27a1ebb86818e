/// Waking through a hand-written epoll loop: an eventfd registered for edges, so that nobody has to read it.
/// Usage: epoll [--count=N]
#include "common/raw_epoll.hpp"
#include "plan.hpp"

#include <sys/eventfd.h>

namespace {

class Player : public bench::Watched {
 public:
  Player(bench::Turn turn, const bench::Rally& rally)
      : Watched{on_woken}, event_{bench::checked(eventfd(0, EFD_CLOEXEC), "eventfd")}, score_{turn, rally.count()} {}

  void set_up() { epoll_.add(event_, EPOLLIN, *this); }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) hit_other();
    while (!score_.over())
      epoll_.turn();
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }
  static std::uint64_t calls(const Player& player) { return player.epoll_.calls(); }

 private:
  void hit_other() {
    bench::checked(eventfd_write(other_->event_, 1), "eventfd_write");
    epoll_.count_call();
  }

  static void on_woken(Watched& self, std::uint32_t /*events*/) {
    auto& player = static_cast<Player&>(self);
    if (player.score_.hit()) player.hit_other();
  }

  bench::RawEpoll epoll_;
  int event_;
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
  rally.run("epoll", first, second, Player::calls);
}
