/// Idle connections on asio: a wait for what can be read, as a read would hold a buffer.
/// Usage: asio [--width=CONNECTIONS]
#include "common/asio_loop.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): it ends the program, as it should.
  bench::Arguments arguments{argc, argv};
  asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
  bench::Idle idle{arguments, bench::Mode::nonblocking};
  arguments.finish();

  std::deque<asio::ip::tcp::socket> sockets;
  for (const auto& connection : idle.sockets()) {
    auto& socket = sockets.emplace_back(context, asio::ip::tcp::v4(), connection.server);
    socket.async_wait(asio::socket_base::wait_read, [&socket, &idle, &context](asio::error_code error) {
      bench::checked_asio(error, "wait");
      std::array<std::byte, 64> room;
      if (idle.received(socket.read_some(asio::buffer(room)))) context.stop();
    });
  }
  context.poll();
  idle.all_wait();
  context.run();
  idle.report(bench::asio_variant);
}
