/// A TCP stream on libevent: its events, which cost less than its bufferevents. Usage: event [--count=CHUNKS]
#include "common/event_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

struct Transfer {
  event_base* base;
  bench::Stream& stream;
  struct event* writer;
  struct event* reader;
};

void on_writable(int fd, short /*events*/, void* context) {
  const auto& transfer = *static_cast<Transfer*>(context);
  if (!bench::write_once(transfer.stream, fd)) event_del(transfer.writer);
}

void on_readable(int fd, short /*events*/, void* context) {
  const auto& transfer = *static_cast<Transfer*>(context);
  if (bench::read_once(transfer.stream, fd)) event_base_loopbreak(transfer.base);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  Transfer transfer{.base = bench::make_event_base(), .stream = stream, .writer = nullptr, .reader = nullptr};
  const auto connection = bench::connections(1, bench::Mode::nonblocking).front();
  transfer.writer = event_new(transfer.base, connection.client, EV_WRITE | EV_PERSIST, on_writable, &transfer);
  transfer.reader = event_new(transfer.base, connection.server, EV_READ | EV_PERSIST, on_readable, &transfer);

  bench::Meter meter;
  bench::checked_event(event_add(transfer.writer, nullptr), "event_add");
  bench::checked_event(event_add(transfer.reader, nullptr), "event_add");
  event_base_dispatch(transfer.base);
  meter.stop();
  stream.report("libevent", meter);
}
