/// Connections through a hand-written epoll loop: accepts until there is no more; a socket that connects is told
/// by its first edge. Usage: epoll [--width=LANES] [--count=N]
#include "common/raw_epoll.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

class Lane : public bench::Watched {
 public:
  Lane(bench::Connecting& plan, bench::RawEpoll& epoll, bench::Lanes<Lane>& lanes)
      : Watched{on_connected}, plan_{plan}, epoll_{epoll}, lanes_{lanes} {}

  void connect() {
    fd_ = bench::begin_connect(plan_);
    epoll_.add(fd_, EPOLLOUT, *this);
    for (int calls = 0; calls < 3; ++calls)  // socket, SO_LINGER, connect.
      epoll_.count_call();
  }

 private:
  static void on_connected(Watched& self, std::uint32_t events) {
    auto& lane = static_cast<Lane&>(self);
    lane.plan_.connected((events & EPOLLERR) != 0 ? bench::error_of(lane.fd_) : 0);
    close(lane.fd_);  // Nobody has a duplicate: this ends the registration too.
    lane.epoll_.count_call();
    lane.lanes_.give_back(lane);
  }

  bench::Connecting& plan_;
  bench::RawEpoll& epoll_;
  bench::Lanes<Lane>& lanes_;
  int fd_ = -1;
};

class Acceptor : public bench::Watched {
 public:
  Acceptor(bench::Connecting& plan, bench::RawEpoll& epoll, bench::Lanes<Lane>& lanes)
      : Watched{on_acceptable}, plan_{plan}, epoll_{epoll}, lanes_{lanes} {
    epoll.add(plan.listening(), EPOLLIN, *this);
  }

 private:
  static void on_acceptable(Watched& self, std::uint32_t /*events*/) {
    auto& acceptor = static_cast<Acceptor&>(self);
    for (;;) {
      acceptor.epoll_.count_call();
      if (!bench::accept_one(acceptor.plan_)) break;
      acceptor.epoll_.count_call();  // close
    }
    acceptor.lanes_.start_idle();
  }

  bench::Connecting& plan_;
  bench::RawEpoll& epoll_;
  bench::Lanes<Lane>& lanes_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  arguments.finish();

  bench::RawEpoll epoll;
  bench::Lanes<Lane> lanes{plan, epoll};
  Acceptor acceptor{plan, epoll, lanes};

  bench::Meter meter;
  lanes.start_idle();
  while (!plan.all_done())
    epoll.turn();
  meter.stop();
  plan.report("epoll", meter, epoll.calls());
}
