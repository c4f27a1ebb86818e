/// Connections on libuv. Usage: uv [--width=LANES] [--count=N]
#include "common/uv_loop.hpp"
#include "plan.hpp"

namespace {

class Lane {
 public:
  Lane(bench::Connecting& plan, uv_loop_t& loop, bench::Lanes<Lane>& lanes) : plan_{plan}, loop_{loop}, lanes_{lanes} {}

  void connect() {
    bench::checked_uv(uv_tcp_init(&loop_, &socket_), "uv_tcp_init");
    bench::checked_uv(uv_tcp_open(&socket_, bench::client_socket(bench::Mode::nonblocking)), "uv_tcp_open");
    socket_.data = this;
    bench::checked_uv(uv_tcp_connect(&connect_, &socket_, plan_.address(), on_connected), "uv_tcp_connect");
  }

 private:
  static void on_connected(uv_connect_t* connect, int status) {
    auto& lane = *static_cast<Lane*>(connect->handle->data);
    lane.plan_.connected(-status);
    uv_close(reinterpret_cast<uv_handle_t*>(&lane.socket_), on_closed);
    if (lane.plan_.all_done()) uv_stop(&lane.loop_);
  }

  static void on_closed(uv_handle_t* handle) {
    auto& lane = *static_cast<Lane*>(handle->data);
    lane.lanes_.give_back(lane);
  }

  bench::Connecting& plan_;
  uv_loop_t& loop_;
  bench::Lanes<Lane>& lanes_;
  uv_tcp_t socket_{};
  uv_connect_t connect_{};
};

/// Handles of accepted sockets are used again once they are closed.
class Acceptor {
 public:
  Acceptor(bench::Connecting& plan, uv_loop_t& loop, bench::Lanes<Lane>& lanes) : plan_{plan}, lanes_{lanes} {
    bench::checked_uv(uv_tcp_init(&loop, &listening_), "uv_tcp_init");
    bench::checked_uv(uv_tcp_open(&listening_, plan.listening()), "uv_tcp_open");
    listening_.data = this;
    bench::checked_uv(uv_listen(reinterpret_cast<uv_stream_t*>(&listening_), SOMAXCONN, on_connection), "uv_listen");
  }

 private:
  static void on_connection(uv_stream_t* listening, int status) {
    bench::checked_uv(status, "listen");
    auto& acceptor = *static_cast<Acceptor*>(listening->data);
    uv_tcp_t& socket = acceptor.take();
    bench::checked_uv(uv_accept(listening, reinterpret_cast<uv_stream_t*>(&socket)), "uv_accept");
    acceptor.plan_.accepted();
    uv_close(reinterpret_cast<uv_handle_t*>(&socket), on_closed);
    if (acceptor.plan_.all_done()) return uv_stop(listening->loop);
    acceptor.lanes_.start_idle();
  }

  uv_tcp_t& take() {
    if (free_.empty()) free_.push_back(&handles_.emplace_back());
    uv_tcp_t& socket = *free_.back();
    free_.pop_back();
    bench::checked_uv(uv_tcp_init(listening_.loop, &socket), "uv_tcp_init");
    socket.data = this;
    return socket;
  }

  static void on_closed(uv_handle_t* handle) {
    static_cast<Acceptor*>(handle->data)->free_.push_back(reinterpret_cast<uv_tcp_t*>(handle));
  }

  bench::Connecting& plan_;
  bench::Lanes<Lane>& lanes_;
  uv_tcp_t listening_{};
  std::deque<uv_tcp_t> handles_;
  std::vector<uv_tcp_t*> free_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Connecting plan{arguments, bench::Mode::nonblocking};
  arguments.finish();

  uv_loop_t loop{};
  bench::checked_uv(uv_loop_init(&loop), "uv_loop_init");
  bench::Lanes<Lane> lanes{plan, loop};
  Acceptor acceptor{plan, loop, lanes};

  bench::Meter meter;
  lanes.start_idle();
  uv_run(&loop, UV_RUN_DEFAULT);
  meter.stop();
  plan.report("libuv", meter);
}
