/// Connections through a hand-written liburing loop: multishot accept, closes on the ring.
/// Usage: uring [--width=LANES] [--count=N]
#include "common/raw_ring.hpp"
#include "plan.hpp"

#include <algorithm>

namespace {

void on_closed(bench::RawOperation& /*self*/, const io_uring_cqe& completion) {
  bench::checked(completion, "close");
}

void close_later(bench::RawRing& ring, int fd) {
  static bench::RawOperation closed{on_closed};
  io_uring_sqe* sqe = ring.next();
  io_uring_prep_close(sqe, fd);
  bench::RawRing::name(*sqe, closed);
}

class Lane : public bench::RawOperation {
 public:
  Lane(bench::Connecting& plan, bench::RawRing& ring, bench::Lanes<Lane>& lanes)
      : RawOperation{on_connected}, plan_{plan}, ring_{ring}, lanes_{lanes} {}

  void connect() {
    fd_ = bench::client_socket(bench::Mode::blocking);
    io_uring_sqe* sqe = ring_.next();
    io_uring_prep_connect(sqe, fd_, plan_.address(), bench::Connecting::address_bytes);
    bench::RawRing::name(*sqe, *this);
  }

 private:
  static void on_connected(bench::RawOperation& self, const io_uring_cqe& completion) {
    auto& lane = static_cast<Lane&>(self);
    lane.plan_.connected(-completion.res);
    close_later(lane.ring_, lane.fd_);
    lane.lanes_.give_back(lane);
  }

  bench::Connecting& plan_;
  bench::RawRing& ring_;
  bench::Lanes<Lane>& lanes_;
  int fd_ = -1;
};

class Acceptor : public bench::RawOperation {
 public:
  Acceptor(bench::Connecting& plan, bench::RawRing& ring, bench::Lanes<Lane>& lanes)
      : RawOperation{on_accepted}, plan_{plan}, ring_{ring}, lanes_{lanes} {}

  void accept() {
    io_uring_sqe* sqe = ring_.next();
    io_uring_prep_multishot_accept(sqe, plan_.listening(), nullptr, nullptr, SOCK_CLOEXEC);
    bench::RawRing::name(*sqe, *this);
  }

 private:
  static void on_accepted(bench::RawOperation& self, const io_uring_cqe& completion) {
    auto& acceptor = static_cast<Acceptor&>(self);
    close_later(acceptor.ring_, static_cast<int>(bench::checked(completion, "accept")));
    acceptor.plan_.accepted();
    acceptor.lanes_.start_idle();
    if ((completion.flags & IORING_CQE_F_MORE) == 0) acceptor.accept();
  }

  bench::Connecting& plan_;
  bench::RawRing& ring_;
  bench::Lanes<Lane>& lanes_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::blocking};
  arguments.finish();

  bench::RawRing ring{static_cast<unsigned>(std::max<std::uint64_t>(8 * plan.lanes(), 64))};
  bench::Lanes<Lane> lanes{plan, ring};
  Acceptor acceptor{plan, ring, lanes};

  bench::Meter meter;
  acceptor.accept();
  lanes.start_idle();
  while (!plan.all_done())
    ring.turn();
  meter.stop();
  plan.report("liburing", meter, ring.turns());
}
