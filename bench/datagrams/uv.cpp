/// Datagrams on libuv, which reads up to 20 with a call. Usage: uv [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

#include <deque>
#include <vector>

namespace {

class Exchange {
 public:
  Exchange(uv_loop_t& loop, bench::Datagrams& datagrams) : datagrams_{datagrams} {
    const auto sockets = bench::datagram_sockets(bench::Mode::nonblocking);
    bench::checked_uv(uv_udp_init_ex(&loop, &receiver_, UV_UDP_RECVMMSG), "uv_udp_init_ex");
    bench::checked_uv(uv_udp_init(&loop, &sender_), "uv_udp_init");
    bench::checked_uv(uv_udp_open(&receiver_, sockets.server), "uv_udp_open");
    bench::checked_uv(uv_udp_open(&sender_, sockets.client), "uv_udp_open");
    receiver_.data = this;
    sender_.data = this;
    bench::checked_uv(uv_udp_recv_start(&receiver_, on_room, on_received), "uv_udp_recv_start");
  }

  void send() {
    for (std::size_t left = datagrams_.credit(); left > 0; --left) {
      if (free_.empty()) free_.push_back(&sends_.emplace_back());
      uv_udp_send_t* send = free_.back();
      free_.pop_back();
      const uv_buf_t datagram = bench::uv_buffer(datagrams_.next());
      bench::checked_uv(uv_udp_send(send, &sender_, &datagram, 1, nullptr, on_sent), "uv_udp_send");
    }
  }

 private:
  static void on_sent(uv_udp_send_t* send, int status) {
    bench::checked_uv(status, "uv_udp_send");
    static_cast<Exchange*>(send->handle->data)->free_.push_back(send);
  }

  static void on_room(uv_handle_t* handle, std::size_t /*size*/, uv_buf_t* buffer) {
    *buffer = bench::uv_buffer(static_cast<Exchange*>(handle->data)->room_);
  }

  static void on_received(uv_udp_t* handle, ssize_t size, const uv_buf_t* buffer, const sockaddr* from,
                          unsigned /*flags*/) {
    bench::checked_uv(static_cast<int>(size), "uv_udp_recv");
    auto& exchange = *static_cast<Exchange*>(handle->data);
    if (from == nullptr) return exchange.send();  // All was read.
    const auto* data = reinterpret_cast<const std::byte*>(buffer->base);
    if (exchange.datagrams_.received(data, static_cast<std::size_t>(size))) uv_stop(handle->loop);
  }

  bench::Datagrams& datagrams_;
  std::vector<std::byte> room_ =
      std::vector<std::byte>(20 * std::size_t{65536});  // 64 KiB each is what libuv reckons with.
  std::deque<uv_udp_send_t> sends_;                     // Their callbacks may come after the datagram itself.
  std::vector<uv_udp_send_t*> free_;
  uv_udp_t receiver_{};
  uv_udp_t sender_{};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  Exchange exchange{loop, datagrams};

  bench::Meter meter;
  exchange.send();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  datagrams.report("libuv", meter);
}
