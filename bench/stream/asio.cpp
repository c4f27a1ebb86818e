/// A TCP stream on asio, on epoll or io_uring. Usage: asio [--count=CHUNKS]
#include "common/asio_loop.hpp"
#include "plan.hpp"

namespace {

class Transfer {
 public:
  Transfer(asio::io_context& context, bench::Stream& stream, const bench::Connection& connection)
      : context_{context},
        stream_{stream},
        writer_{context, asio::ip::tcp::v4(), connection.client},
        reader_{context, asio::ip::tcp::v4(), connection.server} {}

  void write() {
    const auto bytes = stream_.to_write();
    if (bytes.empty()) return;
    asio::async_write(writer_, asio::buffer(bytes.data(), bytes.size()),
                      [this](asio::error_code error, std::size_t size) {
                        bench::checked_asio(error, "write");
                        stream_.wrote(size);
                        write();
                      });
  }

  void read() {
    const auto room = stream_.room();
    reader_.async_read_some(asio::buffer(room.data(), room.size()), [this](asio::error_code error, std::size_t size) {
      bench::checked_asio(error, "read");
      if (stream_.read(size)) return context_.stop();
      read();
    });
  }

 private:
  asio::io_context& context_;
  bench::Stream& stream_;
  asio::ip::tcp::socket writer_;
  asio::ip::tcp::socket reader_;
};

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  Transfer transfer{context, stream, bench::connections(1, bench::Mode::nonblocking).front()};

  bench::Meter meter;
  transfer.read();
  transfer.write();
  context.run();
  meter.stop();
  stream.report(bench::asio_variant, meter);
}
