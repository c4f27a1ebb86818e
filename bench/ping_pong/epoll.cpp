/// TCP ping-pong through a hand-written epoll loop: registered once for edges, a receive only when there is
/// something, and none to find out that it was all. Usage: epoll [--width=CONNECTIONS] [--count=N]
#include "common/raw_epoll.hpp"
#include "plan.hpp"

namespace {

class Side : public bench::Watched {
 public:
  Side(int fd, bench::Role role, bench::RawEpoll& epoll, bench::Progress& progress)
      : Watched{on_ready}, epoll_{epoll}, fd_{fd}, end_{progress, role} {
    epoll.add(fd, EPOLLIN | EPOLLRDHUP, *this);
  }

  void begin() {
    if (end_.begin()) send();
  }

 private:
  void send() {
    const ssize_t size = ::send(fd_, end_.message().data(), bench::message_bytes, MSG_NOSIGNAL);
    epoll_.count_call();
    bench::End::check_sent(static_cast<std::size_t>(size));
  }

  // The room is larger than what may come, so that a short count means drained, which is always.
  static void on_ready(Watched& self, std::uint32_t /*events*/) {
    auto& side = static_cast<Side&>(self);
    std::array<std::byte, 2 * bench::message_bytes> room;
    const ssize_t size = ::recv(side.fd_, room.data(), room.size(), 0);
    side.epoll_.count_call();
    if (size <= 0) bench::fail("recv", size == 0 ? "end of the stream" : std::strerror(errno));
    if (side.end_.take(std::span{room}.first(static_cast<std::size_t>(size)))) side.send();
  }

  bench::RawEpoll& epoll_;
  int fd_;
  bench::End end_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  const bench::Plan plan{arguments};
  arguments.finish();

  bench::RawEpoll epoll;
  bench::Progress progress{.to_start = plan.count};
  auto sides = plan.sides<Side>(bench::Mode::nonblocking, epoll, progress);

  const std::uint64_t calls = epoll.calls();
  bench::Meter meter;
  for (std::size_t index = 0; index < sides.size(); index += 2)
    sides[index].begin();
  while (progress.completed < plan.count)
    epoll.turn();
  meter.stop();
  plan.report("epoll", meter, progress, epoll.calls() - calls);
}
