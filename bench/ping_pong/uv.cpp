/// TCP ping-pong on libuv. Usage: uv [--width=CONNECTIONS] [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

namespace {

class Side {
 public:
  Side(int fd, bench::Role role, uv_loop_t& loop, bench::Progress& progress) : end_{progress, role} {
    bench::checked_uv(uv_tcp_init(&loop, &socket_), "uv_tcp_init");
    bench::checked_uv(uv_tcp_open(&socket_, fd), "uv_tcp_open");
    socket_.data = this;
    write_.data = this;
    bench::checked_uv(uv_read_start(stream(), on_room, on_received), "uv_read_start");
  }

  void begin() {
    if (end_.begin()) send();
  }

 private:
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&socket_); }

  void send() {
    const uv_buf_t message = bench::uv_buffer(end_.message());
    bench::checked_uv(uv_write(&write_, stream(), &message, 1, on_sent), "uv_write");
  }

  static void on_sent(uv_write_t* /*write*/, int status) { bench::checked_uv(status, "uv_write"); }

  static void on_room(uv_handle_t* /*handle*/, std::size_t /*size*/, uv_buf_t* buffer) {
    static std::array<char, 2 * bench::message_bytes> room;  // A short count saves libuv a second recv.
    *buffer = uv_buf_init(room.data(), room.size());
  }

  static void on_received(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
    if (size == 0) return;
    bench::checked_uv(static_cast<int>(size), "uv_read");
    auto& side = *static_cast<Side*>(stream->data);
    if (side.end_.take(std::as_bytes(std::span{buffer->base, static_cast<std::size_t>(size)}))) side.send();
    if (side.end_.all_done()) uv_stop(stream->loop);
  }

  uv_tcp_t socket_{};
  uv_write_t write_{};
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, loop, progress);

  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  plan.report("libuv", meter, progress);
}
