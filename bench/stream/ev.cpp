/// A TCP stream on libev. Usage: ev [--count=CHUNKS]
#include "common/ev_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

void on_writable(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
  if (!bench::write_once(*static_cast<bench::Stream*>(watcher->data), watcher->fd)) ev_io_stop(loop, watcher);
}

void on_readable(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
  if (bench::read_once(*static_cast<bench::Stream*>(watcher->data), watcher->fd)) ev_break(loop, EVBREAK_ALL);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  struct ev_loop* loop = bench::make_ev_loop();
  const auto connection = bench::connections(1, bench::Mode::nonblocking).front();
  ev_io writer{};
  ev_io reader{};
  ev_io_init(&writer, on_writable, connection.client, EV_WRITE);
  ev_io_init(&reader, on_readable, connection.server, EV_READ);
  writer.data = &stream;
  reader.data = &stream;

  bench::Meter meter;
  ev_io_start(loop, &writer);
  ev_io_start(loop, &reader);
  ev_run(loop, 0);
  meter.stop();
  stream.report("libev", meter);
}
