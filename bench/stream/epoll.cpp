/// A TCP stream through a hand-written epoll loop: writes a chunk a turn while there is room, reads when there
/// is something. Usage: epoll [--count=CHUNKS]
#include "common/raw_epoll.hpp"
#include "plan.hpp"

namespace {

class Writer : public bench::Watched {
 public:
  Writer(bench::RawEpoll& epoll, bench::Stream& stream, int fd)
      : Watched{on_ready}, epoll_{epoll}, stream_{stream}, fd_{fd} {
    epoll.add(fd, EPOLLOUT, *this);
  }

  /// Something to write, and room for it.
  [[nodiscard]] bool ready() const noexcept { return room_ && !stream_.to_write().empty(); }

  void write() {
    const auto bytes = stream_.to_write();
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    epoll_.count_call();
    if (size < 0 && errno != EAGAIN) bench::checked(-1, "send");
    if (size > 0) stream_.wrote(static_cast<std::size_t>(size));
    room_ = size == static_cast<ssize_t>(bytes.size());
  }

 private:
  static void on_ready(Watched& self, std::uint32_t /*events*/) { static_cast<Writer&>(self).room_ = true; }

  bench::RawEpoll& epoll_;
  bench::Stream& stream_;
  int fd_;
  bool room_ = true;
};

class Reader : public bench::Watched {
 public:
  Reader(bench::RawEpoll& epoll, bench::Stream& stream, int fd)
      : Watched{on_ready}, epoll_{epoll}, stream_{stream}, fd_{fd} {
    epoll.add(fd, EPOLLIN | EPOLLRDHUP, *this);
  }

 private:
  static void on_ready(Watched& self, std::uint32_t /*events*/) {
    auto& reader = static_cast<Reader&>(self);
    const auto room = reader.stream_.room();
    for (;;) {
      const ssize_t size = ::recv(reader.fd_, room.data(), room.size(), 0);
      reader.epoll_.count_call();
      if (size < 0 && errno == EAGAIN) return;
      if (reader.stream_.read(static_cast<std::size_t>(bench::checked(static_cast<int>(size), "recv")))) return;
      if (static_cast<std::size_t>(size) < room.size()) return;  // Drained.
    }
  }

  bench::RawEpoll& epoll_;
  bench::Stream& stream_;
  int fd_;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Stream stream{arguments};
  arguments.finish();

  bench::RawEpoll epoll;
  const auto connection = bench::connections(1, bench::Mode::nonblocking).front();
  Writer writer{epoll, stream, connection.client};
  Reader reader{epoll, stream, connection.server};

  const std::uint64_t calls = epoll.calls();
  bench::Meter meter;
  while (!stream.all_read()) {
    if (writer.ready()) writer.write();
    epoll.turn(writer.ready() ? bench::Wait::no : bench::Wait::yes);
  }
  meter.stop();
  stream.report("epoll", meter, epoll.calls() - calls);
}
