/// Connections on asio, on epoll or io_uring. Usage: asio [--width=LANES] [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

namespace {

using asio::ip::tcp;

class Lane {
 public:
  Lane(bench::Connecting& plan, asio::io_context& context, bench::Lanes<Lane>& lanes)
      : plan_{plan}, context_{context}, lanes_{lanes}, socket_{context} {}

  void connect() {
    socket_.assign(tcp::v4(), bench::client_socket(bench::Mode::nonblocking));
    const tcp::endpoint server{asio::ip::address_v4::loopback(), ntohs(plan_.server().sin_port)};
    socket_.async_connect(server, [this](asio::error_code error) {
      plan_.connected(error.value());
      socket_.close();
      if (plan_.all_done()) return context_.stop();
      lanes_.give_back(*this);
    });
  }

 private:
  bench::Connecting& plan_;
  asio::io_context& context_;
  bench::Lanes<Lane>& lanes_;
  tcp::socket socket_;
};

class Acceptor {
 public:
  Acceptor(bench::Connecting& plan, asio::io_context& context, bench::Lanes<Lane>& lanes)
      : plan_{plan},
        context_{context},
        lanes_{lanes},
        acceptor_{context, tcp::v4(), plan.listening()},
        socket_{context} {}

  void accept() {
    acceptor_.async_accept(socket_, [this](asio::error_code error) {
      bench::checked_asio(error, "accept");
      socket_.close();
      plan_.accepted();
      if (plan_.all_done()) return context_.stop();
      lanes_.start_idle();
      accept();
    });
  }

 private:
  bench::Connecting& plan_;
  asio::io_context& context_;
  bench::Lanes<Lane>& lanes_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  bench::Lanes<Lane> lanes{plan, context};
  Acceptor acceptor{plan, context, lanes};

  bench::Meter meter;
  acceptor.accept();
  lanes.start_idle();
  context.run();
  meter.stop();
  plan.report(bench::asio_variant, meter);
}
