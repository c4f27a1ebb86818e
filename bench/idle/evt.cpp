/// Idle connections on evt: a File and a request that takes a buffer of a pool when there is something to receive.
/// Usage: evt [--width=CONNECTIONS] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/buffer_pool.hpp>
#include <evt/file.hpp>
#include <evt/receive_request.hpp>

#include <memory>

namespace {

class Socket {
 public:
  Socket(evt::Loop& loop, int fd, evt::BufferPool& pool, bench::Idle& idle)
      : idle_{idle}, file_{loop, evt::File::borrow(fd)} {
    if (!request_.receive(pool, evt::bind<&Socket::on_received>(*this))) bench::fail("receive", "was refused");
  }

 private:
  void on_received(evt::Result<evt::Buffer> buffer) {
    if (!buffer) bench::fail("receive", buffer.error().message().c_str());
    idle_.received(buffer->size());
  }

  bench::Idle& idle_;
  evt::File file_;
  evt::ReceiveRequest request_{file_};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  evt::Loop loop = bench::make_loop(arguments);
  evt::BufferPool pool{loop, {.count = 64, .size = 64}};
  bench::Idle idle{arguments, bench::Mode::nonblocking};
  arguments.finish();

  // One block, without what a deque adds to objects of this size.
  Socket* const sockets = std::allocator<Socket>{}.allocate(idle.sockets().size());
  for (std::size_t index = 0; index < idle.sockets().size(); ++index)
    std::construct_at(sockets + index, loop, idle.sockets()[index].server, pool, idle);
  bench::run_once(loop);
  idle.all_wait();
  bench::run_to_end(loop);
  idle.report(evt::name_of(loop.backend()));
  std::destroy_n(sockets, idle.sockets().size());
  std::allocator<Socket>{}.deallocate(sockets, idle.sockets().size());
}
