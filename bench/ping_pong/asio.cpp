/// TCP ping-pong on asio, on epoll or io_uring. Usage: asio [--width=CONNECTIONS] [--count=N]
#include "common/asio_loop.hpp"
#include "plan.hpp"

namespace {

class Side {
 public:
  Side(int fd, bench::Role role, asio::io_context& context, bench::Progress& progress)
      : context_{context}, socket_{context, asio::ip::tcp::v4(), fd}, end_{progress, role} {
    receive();
  }

  void begin() {
    if (end_.begin()) send();
  }

 private:
  void receive() {
    const auto room = end_.room();
    socket_.async_read_some(asio::buffer(room.data(), room.size()), [this](asio::error_code error, std::size_t size) {
      bench::checked_asio(error, "read");
      const bool answer = end_.took(size);
      if (end_.all_done()) return context_.stop();
      if (answer) send();
      receive();
    });
  }

  void send() {
    asio::async_write(socket_, asio::buffer(end_.message().data(), bench::message_bytes),
                      [](asio::error_code error, std::size_t /*size*/) { bench::checked_asio(error, "write"); });
  }

  asio::io_context& context_;
  asio::ip::tcp::socket socket_;
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, context, progress);
  context.poll();

  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  context.run();
  meter.stop();
  plan.report(bench::asio_variant, meter, progress);
}
