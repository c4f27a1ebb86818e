/// A TCP stream through a hand-written liburing loop: single-shot receives into one hot buffer.
/// Usage: uring [--count=CHUNKS]
#include "common/raw_ring.hpp"
#include "plan.hpp"

namespace {

struct Transfer : bench::RawOperation {
  bench::RawRing* ring;
  bench::Stream* stream;
  int fd;
};

void write_on(Transfer& writer) {
  const auto bytes = writer.stream->to_write();
  if (bytes.empty()) return;
  io_uring_sqe* sqe = writer.ring->next();
  io_uring_prep_send(sqe, writer.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_WAITALL);
  bench::RawRing::name(*sqe, writer);
}

void on_written(bench::RawOperation& self, const io_uring_cqe& completion) {
  auto& writer = static_cast<Transfer&>(self);
  writer.stream->wrote(bench::checked(completion, "send"));
  write_on(writer);
}

void read_on(Transfer& reader) {
  const auto room = reader.stream->room();
  io_uring_sqe* sqe = reader.ring->next();
  io_uring_prep_recv(sqe, reader.fd, room.data(), room.size(), 0);
  bench::RawRing::name(*sqe, reader);
}

void on_read(bench::RawOperation& self, const io_uring_cqe& completion) {
  auto& reader = static_cast<Transfer&>(self);
  if (!reader.stream->read(bench::checked(completion, "recv"))) read_on(reader);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  bench::RawRing ring{64};
  const auto connection = bench::connections(1, bench::Mode::blocking).front();
  Transfer writer{{on_written}, &ring, &stream, connection.client};
  Transfer reader{{on_read}, &ring, &stream, connection.server};

  bench::Meter meter;
  write_on(writer);
  read_on(reader);
  while (!stream.all_read())
    ring.turn();
  meter.stop();
  stream.report("liburing", meter, ring.turns());
}
