/// TCP ping-pong through a hand-written liburing loop: a multishot receive into a ring of buffers for each
/// socket, one enter a turn. Usage: uring [--width=CONNECTIONS] [--count=N]
#include "common/raw_buffers.hpp"
#include "common/raw_ring.hpp"
#include "plan.hpp"

#include <algorithm>

namespace {

struct Io {
  bench::RawRing& ring;
  bench::RawBuffers& buffers;
};

class Side {
 public:
  Side(int fd, bench::Role role, Io& io, bench::Progress& progress) : io_{io}, fd_{fd}, end_{progress, role} {}

  void receive() {
    io_uring_sqe* sqe = io_.ring.next();
    io_uring_prep_recv_multishot(sqe, fd_, nullptr, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = bench::RawBuffers::group;
    bench::RawRing::name(*sqe, receive_);
  }
  void begin() {
    if (end_.begin()) send();
  }

 private:
  struct Operation : bench::RawOperation {
    Side* side;
  };

  void send() {
    io_uring_sqe* sqe = io_.ring.next();
    io_uring_prep_send(sqe, fd_, end_.message().data(), bench::message_bytes, MSG_NOSIGNAL);
    bench::RawRing::name(*sqe, send_);
  }

  static void on_sent(bench::RawOperation& /*self*/, const io_uring_cqe& completion) {
    bench::End::check_sent(bench::checked(completion, "send"));
  }

  static void on_received(bench::RawOperation& self, const io_uring_cqe& completion) {
    Side& side = *static_cast<Operation&>(self).side;
    if (completion.res == -ENOBUFS) return side.receive();
    const std::size_t size = bench::checked(completion, "recv");
    if (size == 0) bench::fail("recv", "end of the stream");
    const auto id = bench::RawBuffers::id_of(completion);
    const bool answer = side.end_.take(side.io_.buffers.buffer(id).first(size));
    side.io_.buffers.give_back(id);
    if (answer) side.send();
    if ((completion.flags & IORING_CQE_F_MORE) == 0) side.receive();
  }

  Io& io_;
  int fd_;
  bench::End end_;
  Operation receive_{{on_received}, this};
  Operation send_{{on_sent}, this};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  bench::RawRing ring{static_cast<unsigned>(std::max<std::uint64_t>(4 * plan.width, 64)),
                      plan.width < bench::many_connections ? bench::Taskrun::deferred : bench::Taskrun::cooperative};
  bench::RawBuffers buffers{ring, {.count = 1024, .bytes_each = bench::message_bytes}};
  Io io{.ring = ring, .buffers = buffers};
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::blocking, io, progress);

  bench::Meter meter;
  for (auto& side : sides)
    side.receive();
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  while (progress.completed < plan.count)
    ring.turn();
  meter.stop();
  plan.report("liburing", meter, progress, ring.turns());
}
