/// RoundTrip: how long an answer of one server takes, and so how long to wait for it (RFC 6298).
#pragma once

#include <evt/time.hpp>

#include <algorithm>
#include <chrono>

namespace evtool::dnsq {

class RoundTrip {
 public:
  void measured(evt::nanoseconds time) {
    if (smooth_ == evt::nanoseconds::zero()) {
      smooth_ = time;
      deviation_ = time / 2;
      return;
    }
    const auto error = time > smooth_ ? time - smooth_ : smooth_ - time;
    deviation_ += (error - deviation_) / 4;
    smooth_ += (time - smooth_) / 8;
  }

  bool is_known() const { return smooth_ != evt::nanoseconds::zero(); }

  /// Without a measurement the longest.
  evt::nanoseconds timeout() const {
    if (smooth_ == evt::nanoseconds::zero()) return longest;
    return std::clamp(smooth_ + 4 * deviation_, shortest, longest);
  }

 private:
  static constexpr evt::nanoseconds shortest = std::chrono::milliseconds{100};
  static constexpr evt::nanoseconds longest = std::chrono::seconds{1};

  evt::nanoseconds smooth_{0};
  evt::nanoseconds deviation_{0};
};

}  // namespace evtool::dnsq
