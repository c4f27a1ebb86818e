/// Window: how many questions may be under way, so that a server that can do only so much is not drowned in repeats.
#pragma once

#include <evt/time.hpp>

#include <algorithm>
#include <cstdint>

namespace evtool::dnsq {

/// Begins with little, since what is sent in one go fills the server's socket, and grows by one an answer as long as
/// nothing is lost. Where more than a quarter is lost over a period, as much less is asked at once: who loses one
/// packet in five on the way is not slowed down, who drops all above a thousand a second is asked no faster.
class Window {
 public:
  explicit Window(std::uint32_t most) : most_(most), limit_(std::min(first, most)) {}

  std::uint32_t limit() const { return limit_; }

  /// `period`: how long it takes to know that something is lost.
  void on_answer(evt::nanoseconds now, evt::nanoseconds period) {
    ++answered_;
    if (grows_ && limit_ < most_) ++limit_;
    if (now >= next_look_) look(now, period);
  }
  void on_loss(evt::nanoseconds now, evt::nanoseconds period) {
    ++lost_;
    grows_ = false;
    if (now >= next_look_) look(now, period);
  }

 private:
  static constexpr std::uint32_t first = 32;
  static constexpr std::uint32_t least = 16;

  void look(evt::nanoseconds now, evt::nanoseconds period) {
    next_look_ = now + period;
    const std::uint64_t all = answered_ + lost_;
    if (4 * lost_ > all) {
      // At least half is kept: what was sent before is lost in the next period too.
      const std::uint64_t kept = std::max(answered_, all / 2);
      limit_ = std::max(static_cast<std::uint32_t>(limit_ * kept / all), std::min(least, most_));
    }
    grows_ = lost_ == 0;
    answered_ = lost_ = 0;
  }

  evt::nanoseconds next_look_{0};
  std::uint32_t most_;
  std::uint32_t limit_;
  bool grows_ = true;
  std::uint64_t answered_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace evtool::dnsq
