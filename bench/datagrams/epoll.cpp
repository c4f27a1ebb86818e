/// Datagrams through a hand-written epoll loop: a window with one sendmmsg, what is there with one recvmmsg.
/// Usage: epoll [--count=N]
#include "common/raw_epoll.hpp"
#include "plan.hpp"

#include <utility>

namespace {

/// One message more than the window: a short count then says that all was read.
class Receiver : public bench::Watched {
 public:
  Receiver(bench::RawEpoll& epoll, bench::Datagrams& datagrams, int fd)
      : Watched{on_ready}, epoll_{epoll}, datagrams_{datagrams}, fd_{fd} {
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      vectors_[index] = {.iov_base = room_[index].data(), .iov_len = room_[index].size()};
      messages_[index].msg_hdr.msg_iov = &vectors_[index];
      messages_[index].msg_hdr.msg_iovlen = 1;
    }
    epoll.add(fd, EPOLLIN, *this);
  }

 private:
  static void on_ready(Watched& self, std::uint32_t /*events*/) {
    auto& receiver = static_cast<Receiver&>(self);
    const int count =
        bench::checked(recvmmsg(receiver.fd_, receiver.messages_.data(), bench::window + 1, 0, nullptr), "recvmmsg");
    receiver.epoll_.count_call();
    for (std::size_t index = 0; std::cmp_less(index, count); ++index)
      receiver.datagrams_.received(receiver.room_[index].data(), receiver.messages_[index].msg_len);
  }

  bench::RawEpoll& epoll_;
  bench::Datagrams& datagrams_;
  int fd_;
  std::array<std::array<std::byte, 2 * bench::datagram_bytes>, bench::window + 1> room_;
  std::array<iovec, bench::window + 1> vectors_;
  std::array<mmsghdr, bench::window + 1> messages_{};
};

class Sender {
 public:
  Sender(bench::RawEpoll& epoll, bench::Datagrams& datagrams, int fd) : epoll_{epoll}, datagrams_{datagrams}, fd_{fd} {
    for (std::size_t index = 0; index < messages_.size(); ++index) {
      messages_[index].msg_hdr.msg_iov = &vectors_[index];
      messages_[index].msg_hdr.msg_iovlen = 1;
    }
  }

  void send() {
    const std::size_t count = datagrams_.credit();
    if (count == 0) return;
    for (std::size_t index = 0; index < count; ++index) {
      bench::Datagram& datagram = datagrams_.next();
      vectors_[index] = {.iov_base = datagram.data(), .iov_len = datagram.size()};
    }
    const int sent = bench::checked(sendmmsg(fd_, messages_.data(), static_cast<unsigned>(count), 0), "sendmmsg");
    epoll_.count_call();
    if (std::cmp_not_equal(sent, count)) bench::fail("sendmmsg", "short");
  }

 private:
  bench::RawEpoll& epoll_;
  bench::Datagrams& datagrams_;
  int fd_;
  std::array<iovec, bench::window> vectors_{};
  std::array<mmsghdr, bench::window> messages_{};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  arguments.finish();

  bench::RawEpoll epoll;
  const auto sockets = bench::datagram_sockets(bench::Mode::nonblocking);
  Receiver receiver{epoll, datagrams, sockets.server};
  Sender sender{epoll, datagrams, sockets.client};

  const std::uint64_t calls = epoll.calls();
  bench::Meter meter;
  while (!datagrams.all_received()) {
    sender.send();
    epoll.turn();
  }
  meter.stop();
  datagrams.report("epoll", meter, epoll.calls() - calls);
}
