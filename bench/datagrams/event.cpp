/// Datagrams on libevent. Usage: event [--count=N]
#include "common/event_loop.hpp"
#include "plan.hpp"
#include "posix.hpp"

namespace {

struct Exchange {
  event_base* base;
  bench::Datagrams& datagrams;
  bench::Connection sockets;
};

void on_readable(int fd, short /*events*/, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (bench::receive_all(exchange.datagrams, fd)) {
    event_base_loopbreak(exchange.base);
    return;
  }
  bench::send_all(exchange.datagrams, exchange.sockets.client);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  Exchange exchange{.base = bench::make_event_base(),
                    .datagrams = datagrams,
                    .sockets = bench::datagram_sockets(bench::Mode::nonblocking)};
  struct event* reader =
      event_new(exchange.base, exchange.sockets.server, EV_READ | EV_PERSIST, on_readable, &exchange);
  bench::checked_event(event_add(reader, nullptr), "event_add");

  bench::Meter meter;
  bench::send_all(datagrams, exchange.sockets.client);
  event_base_dispatch(exchange.base);
  meter.stop();
  datagrams.report("libevent", meter);
}
