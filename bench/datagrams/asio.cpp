/// Datagrams on asio, on epoll or io_uring. Usage: asio [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

namespace {

class Exchange {
 public:
  Exchange(asio::io_context& context, bench::Datagrams& datagrams, const bench::Connection& sockets)
      : context_{context},
        datagrams_{datagrams},
        sender_{context, asio::ip::udp::v4(), sockets.client},
        receiver_{context, asio::ip::udp::v4(), sockets.server} {}

  void receive() {
    receiver_.async_receive(asio::buffer(room_), [this](asio::error_code error, std::size_t size) {
      bench::checked_asio(error, "receive");
      if (datagrams_.received(room_.data(), size)) return context_.stop();
      receive();
      send();
    });
  }

  void send() {
    for (std::size_t left = datagrams_.credit(); left > 0; --left) {
      sender_.async_send(asio::buffer(datagrams_.next()), [](asio::error_code error, std::size_t size) {
        bench::checked_asio(error, "send");
        bench::check_sent(static_cast<long>(size));
      });
    }
  }

 private:
  asio::io_context& context_;
  bench::Datagrams& datagrams_;
  asio::ip::udp::socket sender_;
  asio::ip::udp::socket receiver_;
  std::array<std::byte, 2 * bench::datagram_bytes> room_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  Exchange exchange{context, datagrams, bench::datagram_sockets(bench::Mode::nonblocking)};

  bench::Meter meter;
  exchange.receive();
  exchange.send();
  context.run();
  meter.stop();
  datagrams.report(bench::asio_variant, meter);
}
