/// Two threads on one core that wake each other in turn, the same for every library: each has a loop of its own
/// and sleeps in it. An operation is a round trip.
#pragma once

#include "common/measure.hpp"

#include <functional>
#include <latch>
#include <thread>

namespace bench {

class Rally {
 public:
  explicit Rally(Arguments& arguments) : count_{arguments.number("--count", 200'000)} {}

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// Runs a thread for each player: first `set_up()`, then both at the same time `play()`. A player has
  /// `hits()`, and as many of them as there are round trips when it is done.
  template <class Player>
  void run(const char* variant, Player& first, Player& second, std::uint64_t (*calls)(const Player&) = nullptr) const {
    std::latch ready{3};
    const auto life = [&ready](Player& player) {
      player.set_up();
      ready.arrive_and_wait();
      player.play();
    };
    std::jthread one{life, std::ref(first)};
    std::jthread two{life, std::ref(second)};
    ready.arrive_and_wait();
    Meter meter;
    one.join();
    two.join();
    meter.stop();
    if (first.hits() != count_ || second.hits() != count_) fail("wake", "hits are missing");
    print({.bench = "wake",
           .variant = variant,
           .operations = count_,
           .meter = meter,
           .kernel_entries = calls == nullptr ? 0 : calls(first) + calls(second)});
  }

 private:
  std::uint64_t count_;
};

/// The first player begins, the second ends.
enum class Turn { first, second };

/// How often a player was woken, and whether it has to wake the other.
class Score {
 public:
  Score(Turn turn, std::uint64_t count) noexcept : count_{count}, turn_{turn} {}

  [[nodiscard]] bool begins() const noexcept { return turn_ == Turn::first; }
  /// Woken once more; true when the other is to be woken.
  bool hit() noexcept {
    ++hits_;
    return turn_ == Turn::second || hits_ < count_;
  }
  [[nodiscard]] bool over() const noexcept { return hits_ == count_; }
  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_; }

 private:
  std::uint64_t count_;
  std::uint64_t hits_ = 0;
  Turn turn_;
};

}  // namespace bench
