/// The plainest host: poll(2) in a `while`.
#include "hosts/host.hpp"

#include <poll.h>

namespace evt::hosts {
namespace {

class PollHost final : public Host {
 public:
  using Host::Host;

  bool run_until(const std::function<bool()>& done) override {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      const int timeout_ms = prepare_ms();
      pollfd entry{.fd = loop().fd(), .events = POLLIN, .revents = 0};
      poll(&entry, 1, timeout_ms < 0 ? 10'000 : timeout_ms);
      turn();
      if (done()) return true;
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<Host> make_poll_host(Loop& loop) {
  return std::make_unique<PollHost>(loop);
}

}  // namespace evt::hosts
