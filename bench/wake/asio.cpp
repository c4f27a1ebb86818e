/// Waking on asio: post to the other's context, which is its only way. Usage: asio [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

#include <chrono>

namespace {

class Player {
 public:
  Player(bench::Turn turn, const bench::Rally& rally) : score_{turn, rally.count()} {}

  /// With nothing but posts asio sleeps on a condition variable; a loop with I/O sleeps in the kernel's wait.
  void set_up() {
    idle_.expires_after(std::chrono::hours{1});
    idle_.async_wait([](asio::error_code /*error*/) {});
  }
  void face(Player& other) noexcept { other_ = &other; }

  void play() {
    if (score_.begins()) hit_other();
    context_.run();
  }

  [[nodiscard]] std::uint64_t hits() const noexcept { return score_.hits(); }

 private:
  void hit_other() {
    asio::post(other_->context_, [other = other_] { other->on_woken(); });
  }

  void on_woken() {
    if (score_.hit()) hit_other();
    if (score_.over()) context_.stop();
  }

  asio::io_context context_{1};
  asio::steady_timer idle_{context_};
  Player* other_ = nullptr;
  bench::Score score_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Rally rally{arguments};
  arguments.finish();

  Player first{bench::Turn::first, rally};
  Player second{bench::Turn::second, rally};
  first.face(second);
  second.face(first);
  rally.run(bench::asio_variant, first, second);
}
