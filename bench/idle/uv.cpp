/// Idle connections on libuv, which asks for room when there is something to read. Usage: uv [--width=CONNECTIONS]
#include "common/uv_loop.hpp"
#include "plan.hpp"

#include <array>
#include <deque>

namespace {

void on_room(uv_handle_t* /*handle*/, std::size_t /*size*/, uv_buf_t* buffer) {
  static std::array<char, 64> room;
  *buffer = uv_buf_init(room.data(), room.size());
}

void on_received(uv_stream_t* stream, ssize_t size, const uv_buf_t* /*buffer*/) {
  if (size == 0) return;
  bench::checked_uv(static_cast<int>(size), "uv_read");
  if (static_cast<bench::Idle*>(stream->data)->received(static_cast<std::size_t>(size))) uv_stop(stream->loop);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  bench::Idle idle{arguments, bench::Mode::nonblocking};
  arguments.finish();

  std::deque<uv_tcp_t> handles;
  for (const auto& connection : idle.sockets()) {
    uv_tcp_t& handle = handles.emplace_back();
    bench::checked_uv(uv_tcp_init(&loop, &handle), "uv_tcp_init");
    bench::checked_uv(uv_tcp_open(&handle, connection.server), "uv_tcp_open");
    handle.data = &idle;
    bench::checked_uv(uv_read_start(reinterpret_cast<uv_stream_t*>(&handle), on_room, on_received), "uv_read_start");
  }
  uv_run(&loop, UV_RUN_NOWAIT);
  idle.all_wait();
  uv_run(&loop, UV_RUN_DEFAULT);
  idle.report("libuv");
}
