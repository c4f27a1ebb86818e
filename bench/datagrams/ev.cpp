/// Datagrams on libev. Usage: ev [--count=N]
#include "common/ev_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

struct Exchange {
  bench::Datagrams& datagrams;
  bench::Connection sockets;
};

void on_readable(struct ev_loop* loop, ev_io* watcher, int /*events*/) {
  auto& exchange = *static_cast<Exchange*>(watcher->data);
  if (bench::receive_all(exchange.datagrams, watcher->fd)) return ev_break(loop, EVBREAK_ALL);
  bench::send_all(exchange.datagrams, exchange.sockets.client);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  struct ev_loop* loop = bench::make_ev_loop();
  Exchange exchange{.datagrams = datagrams, .sockets = bench::datagram_sockets(bench::Mode::nonblocking)};
  ev_io reader{};
  ev_io_init(&reader, on_readable, exchange.sockets.server, EV_READ);
  reader.data = &exchange;
  ev_io_start(loop, &reader);

  bench::Meter meter;
  bench::send_all(datagrams, exchange.sockets.client);
  ev_run(loop, 0);
  meter.stop();
  datagrams.report("libev", meter);
}
