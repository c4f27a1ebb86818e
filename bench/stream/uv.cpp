/// A TCP stream on libuv. Usage: uv [--count=CHUNKS]
#include "common/uv_loop.hpp"
#include "plan.hpp"

namespace {

bench::Stream& stream_of(const void* data) {
  return *static_cast<bench::Stream*>(const_cast<void*>(data));
}

void on_written(uv_write_t* write, int status);

void write_on(uv_write_t* write, uv_stream_t* socket) {
  const auto bytes = stream_of(socket->data).to_write();
  if (bytes.empty()) return;
  const uv_buf_t chunk = bench::uv_buffer(bytes);
  bench::checked_uv(uv_write(write, socket, &chunk, 1, on_written), "uv_write");
}

void on_written(uv_write_t* write, int status) {
  bench::checked_uv(status, "uv_write");
  stream_of(write->handle->data).wrote(bench::chunk_bytes);  // uv_write writes all.
  write_on(write, write->handle);
}

void on_room(uv_handle_t* handle, std::size_t /*size*/, uv_buf_t* buffer) {
  *buffer = bench::uv_buffer(stream_of(handle->data).room());
}

void on_read(uv_stream_t* socket, ssize_t size, const uv_buf_t* /*buffer*/) {
  if (size == 0) return;
  bench::checked_uv(static_cast<int>(size), "uv_read");
  if (stream_of(socket->data).read(static_cast<std::size_t>(size))) uv_stop(socket->loop);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  const auto connection = bench::connections(1, bench::Mode::nonblocking).front();
  uv_tcp_t writer{};
  uv_tcp_t reader{};
  uv_tcp_init(&loop, &writer);
  uv_tcp_init(&loop, &reader);
  writer.data = &stream;
  reader.data = &stream;
  bench::checked_uv(uv_tcp_open(&writer, connection.client), "uv_tcp_open");
  bench::checked_uv(uv_tcp_open(&reader, connection.server), "uv_tcp_open");
  uv_write_t write{};

  bench::Meter meter;
  uv_read_start(reinterpret_cast<uv_stream_t*>(&reader), on_room, on_read);
  write_on(&write, reinterpret_cast<uv_stream_t*>(&writer));
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  stream.report("libuv", meter);
}
