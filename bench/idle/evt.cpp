/// Idle connections on evt: a File and a request that waits for what can be read.
/// Usage: evt [--width=CONNECTIONS] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/file.hpp>
#include <evt/io_request.hpp>

#include <array>
#include <memory>

namespace {

class Socket {
 public:
  Socket(evt::Loop& loop, int fd, bench::Idle& idle) : idle_{idle}, file_{loop, evt::File::borrow(fd)} {
    if (!request_.readable(evt::bind<&Socket::on_readable>(*this))) bench::fail("readable", "was refused");
  }

 private:
  void on_readable(evt::Result<std::size_t> events) {
    if (!events) bench::fail("readable", events.error().message().c_str());
    std::array<std::byte, 64> room;
    idle_.received(static_cast<std::size_t>(recv(file_.fd(), room.data(), room.size(), 0)));
  }

  bench::Idle& idle_;
  evt::File file_;
  evt::IoRequest request_{file_};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  evt::Loop loop = bench::make_loop(arguments);
  bench::Idle idle{arguments, bench::Mode::blocking};
  arguments.finish();

  // One block, without what a deque adds to objects of this size.
  Socket* const sockets = std::allocator<Socket>{}.allocate(idle.sockets().size());
  for (std::size_t index = 0; index < idle.sockets().size(); ++index)
    std::construct_at(sockets + index, loop, idle.sockets()[index].server, idle);
  bench::run_once(loop);
  idle.all_wait();
  bench::run_to_end(loop);
  idle.report(evt::name_of(loop.backend()));
  std::destroy_n(sockets, idle.sockets().size());
  std::allocator<Socket>{}.deallocate(sockets, idle.sockets().size());
}
