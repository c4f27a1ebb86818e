/// Waking through a hand-written liburing loop: a message from ring to ring. Usage: uring [--count=N]
#include "common/raw_ring.hpp"
#include "plan.hpp"

#include <functional>
#include <memory>

namespace {

class Player : public bench::RawOperation {
 public:
  Player(bench::Turn turn, const bench::Rally& rally) : RawOperation{on_woken}, score_{turn, rally.count()} {}

  /// The ring belongs to the thread that makes it.
  void set_up() { ring_ = std::make_unique<bench::RawRing>(64U); }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) hit_other();
    while (!score_.over())
      ring_->turn();
    ring_->submit();
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }
  static std::uint64_t calls(const Player& player) { return player.ring_->turns(); }

 private:
  void hit_other() {
    io_uring_sqe* sqe = ring_->next();
    io_uring_prep_msg_ring(sqe, other_->ring_->ring().ring_fd, 0, reinterpret_cast<std::uintptr_t>(other_), 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    bench::RawRing::name(*sqe, failed_);
  }

  static void on_woken(bench::RawOperation& self, const io_uring_cqe& /*completion*/) {
    auto& player = static_cast<Player&>(self);
    if (player.score_.hit()) player.hit_other();
  }
  static void on_failed(bench::RawOperation& /*self*/, const io_uring_cqe& completion) {
    bench::checked(completion, "msg_ring");
  }

  std::unique_ptr<bench::RawRing> ring_;
  Player* other_ = nullptr;
  bench::Score score_;
  bench::RawOperation failed_{on_failed};
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
  rally.run("liburing", first, second, Player::calls);
}
