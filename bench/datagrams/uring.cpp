/// Datagrams through a hand-written liburing loop: sends queued together, a multishot receive into a ring of
/// buffers. Usage: uring [--count=N]
#include "common/raw_buffers.hpp"
#include "common/raw_ring.hpp"
#include "plan.hpp"

namespace {

struct Io {
  bench::RawRing& ring;
  bench::RawBuffers& buffers;
  bench::Datagrams& datagrams;
  bench::Connection sockets;
};

struct Receive : bench::RawOperation {
  Io* io;
};

void receive(Receive& operation) {
  io_uring_sqe* sqe = operation.io->ring.next();
  io_uring_prep_recv_multishot(sqe, operation.io->sockets.server, nullptr, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = bench::RawBuffers::group;
  bench::RawRing::name(*sqe, operation);
}

void on_received(bench::RawOperation& self, const io_uring_cqe& completion) {
  auto& operation = static_cast<Receive&>(self);
  if (completion.res == -ENOBUFS) return receive(operation);
  const std::size_t size = bench::checked(completion, "recv");
  const auto id = bench::RawBuffers::id_of(completion);
  operation.io->datagrams.received(operation.io->buffers.buffer(id).data(), size);
  operation.io->buffers.give_back(id);
  if ((completion.flags & IORING_CQE_F_MORE) == 0) receive(operation);
}

void on_sent(bench::RawOperation& /*self*/, const io_uring_cqe& completion) {
  bench::check_sent(static_cast<long>(bench::checked(completion, "send")));
}

void send_all(Io& io) {
  static bench::RawOperation sent{on_sent};
  for (std::size_t left = io.datagrams.credit(); left > 0; --left) {
    const bench::Datagram& datagram = io.datagrams.next();
    io_uring_sqe* sqe = io.ring.next();
    io_uring_prep_send(sqe, io.sockets.client, datagram.data(), datagram.size(), 0);
    bench::RawRing::name(*sqe, sent);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  bench::RawRing ring{2 * bench::window};
  bench::RawBuffers buffers{ring, {.count = 2 * bench::window, .bytes_each = 2 * bench::datagram_bytes}};
  Io io{.ring = ring,
        .buffers = buffers,
        .datagrams = datagrams,
        .sockets = bench::datagram_sockets(bench::Mode::blocking)};
  Receive receiving{{on_received}, &io};

  bench::Meter meter;
  receive(receiving);
  while (!datagrams.all_received()) {
    send_all(io);
    ring.turn();
  }
  meter.stop();
  datagrams.report("liburing", meter, ring.turns());
}
