/// Datagrams on evt: batches. Usage: evt [--count=N] [--backend=B]
#include "common/evt_loop.hpp"
#include "plan.hpp"
#include <evt/file.hpp>
#include <evt/socket_request.hpp>

namespace {

class Exchange {
 public:
  Exchange(evt::Loop& loop, bench::Datagrams& datagrams, const bench::Connection& sockets)
      : datagrams_{datagrams},
        sender_{loop, evt::File::adopt(evt::Fd{sockets.client})},
        receiver_{loop, evt::File::adopt(evt::Fd{sockets.server})} {
    for (std::size_t index = 0; index < incoming_.size(); ++index) {
      room_vectors_[index] = {.iov_base = room_[index].data(), .iov_len = room_[index].size()};
      incoming_[index].msg_hdr.msg_iov = &room_vectors_[index];
      incoming_[index].msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t index = 0; index < outgoing_.size(); ++index) {
      outgoing_[index].msg_hdr.msg_iov = &vectors_[index];
      outgoing_[index].msg_hdr.msg_iovlen = 1;
    }
  }

  void receive() {
    if (!receive_.recv(incoming_, evt::bind<&Exchange::on_received>(*this))) bench::fail("recvmmsg", "was refused");
  }

  void send() {
    const std::size_t count = datagrams_.credit();
    if (count == 0 || send_.state() != evt::Request::State::idle) return;
    for (std::size_t index = 0; index < count; ++index) {
      bench::Datagram& datagram = datagrams_.next();
      vectors_[index] = {.iov_base = datagram.data(), .iov_len = datagram.size()};
    }
    const std::span batch = std::span{outgoing_}.first(count);
    if (!send_.send(batch, evt::bind<&Exchange::on_sent>(*this))) bench::fail("sendmmsg", "was refused");
  }

 private:
  void on_sent(const evt::Result<std::size_t>& count) {
    if (!count) bench::fail("sendmmsg", count.error().message().c_str());
    send();
  }

  evt::Action on_received(evt::BatchRequest& /*receive*/, const evt::Result<std::size_t>& count) {
    if (!count) bench::fail("recvmmsg", count.error().message().c_str());
    for (std::size_t index = 0; index < *count; ++index)
      datagrams_.received(room_[index].data(), incoming_[index].msg_len);
    send();
    return datagrams_.all_received() ? evt::Action::disarm : evt::Action::rearm;
  }

  bench::Datagrams& datagrams_;
  evt::File sender_;
  evt::File receiver_;
  evt::BatchRequest send_{sender_};
  evt::BatchRequest receive_{receiver_};
  // One message more than the window: a short count then says that all was read.
  std::array<std::array<std::byte, 2 * bench::datagram_bytes>, bench::window + 1> room_;
  std::array<iovec, bench::window + 1> room_vectors_;
  std::array<mmsghdr, bench::window + 1> incoming_{};
  std::array<iovec, bench::window> vectors_{};
  std::array<mmsghdr, bench::window> outgoing_{};
};

}  // namespace

int main(int argc, char** argv) {
  bench::Arguments arguments{argc, argv};
  bench::Datagrams datagrams{arguments};
  evt::Loop loop = bench::make_loop(arguments);
  arguments.finish();

  Exchange exchange{loop, datagrams, bench::datagram_sockets(bench::Mode::nonblocking)};

  bench::Meter meter;
  exchange.receive();
  exchange.send();
  bench::run_to_end(loop);
  meter.stop();
  datagrams.report(evt::name_of(loop.backend()), meter, loop.statistics().kernel_entries);
}
