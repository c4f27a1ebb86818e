/// No operation of a socket allocates: hundreds of thousands of them, of every kind at once, counted.
#include "contract/sockets.hpp"

#include "contract/allocation/counting.hpp"

#include <array>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(SocketAllocation);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t operations_wanted = 20'000;
#else
constexpr std::uint64_t operations_wanted = 300'000;
#endif
constexpr std::uint64_t warm_up = 10'000;

/// Keeps operations of every kind going.
class SocketMill {
 public:
  explicit SocketMill(Loop& loop) : loop_(loop) {
    batches_[0].msg_hdr.msg_iov = &vectors_[0];
    batches_[1].msg_hdr.msg_iov = &vectors_[1];
    received_[0].msg_hdr.msg_iov = &vectors_[2];
    received_[1].msg_hdr.msg_iov = &vectors_[3];
    for (auto* each : {batches_.data(), received_.data()})
      each[0].msg_hdr.msg_iovlen = each[1].msg_hdr.msg_iovlen = 1;
    out_.msg_iov = &vectors_[0];
    in_.msg_iov = &vectors_[2];
    out_.msg_iovlen = in_.msg_iovlen = 2;
    start();
  }
  std::uint64_t completed() const { return completed_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t slowest_kind() const {
    std::uint64_t least = UINT64_MAX;
    for (const Operation each : kinds)
      least = std::min(least, loop_.statistics().operations[static_cast<std::size_t>(each)]);
    return least;
  }

 private:
  static constexpr Operation kinds[] = {
      Operation::connect,     Operation::accept,  Operation::shutdown, Operation::recv,     Operation::send,
      Operation::recv_pooled, Operation::recvmsg, Operation::sendmsg,  Operation::recvmmsg, Operation::sendmmsg};

  Action again(bool succeeded) {
    ++completed_;
    if (!succeeded) ++failed_;
    return Action::rearm;
  }
  Action on_io(IoRequest&, Result<std::size_t> result) { return again(result.has_value()); }
  Action on_message(MessageRequest&, Result<std::size_t> result) { return again(result.has_value()); }
  Action on_batch(BatchRequest&, Result<std::size_t> result) { return again(result.has_value()); }
  Action on_received(ReceiveRequest&, Result<Buffer> result) { return again(result.has_value()); }
  Action on_accepted(AcceptRequest&, Result<Fd> result) {
    client_ = connect_to(address_);
    return again(result.has_value());
  }

  void start() {
    const auto io = bind<&SocketMill::on_io>(*this);
    const auto message = bind<&SocketMill::on_message>(*this);
    connect_.connect(peer_, io);
    accept_.accept(bind<&SocketMill::on_accepted>(*this));
    client_ = connect_to(address_);
    shutdown_.shutdown(Shutdown::read, io);
    send_.send(std::span(buffer_).first(100), io);
    recv_.recv(std::span(buffer_).subspan(1000, 100), io);
    feeder_.send(std::span(buffer_).first(100), io);
    receive_.receive(pool_, bind<&SocketMill::on_received>(*this));
    sendmsg_.sendmsg(out_, message);
    recvmsg_.recvmsg(in_, message);
    sendto_.sendto(std::span(buffer_).first(10), peer_, message);
    recvfrom_.recvfrom(std::span(buffer_).subspan(2000, 10), from_, message);
    batch_out_.send(batches_, bind<&SocketMill::on_batch>(*this));
    batch_in_.recv(received_, bind<&SocketMill::on_batch>(*this));
  }

  Loop& loop_;
  std::uint64_t completed_ = 0;
  std::uint64_t failed_ = 0;
  std::array<std::byte, 4096> buffer_{};
  std::array<iovec, 4> vectors_{iovec{buffer_.data(), 10}, iovec{buffer_.data() + 10, 20},
                                iovec{buffer_.data() + 3000, 10}, iovec{buffer_.data() + 3100, 20}};
  msghdr out_{};
  msghdr in_{};
  std::array<mmsghdr, 2> batches_{};
  std::array<mmsghdr, 2> received_{};
  BufferPool pool_{loop_, {.count = 8, .size = 64}};
  Fd client_;
  Address from_;

  SocketPair streams_[3] = {make_socket_pair(SOCK_STREAM), make_socket_pair(SOCK_STREAM),
                            make_socket_pair(SOCK_STREAM)};
  SocketPair datagrams_ = make_socket_pair(SOCK_DGRAM);
  SocketPair closing_ = make_socket_pair(SOCK_DGRAM);
  Fd listener_ = make_listener();
  Address address_ = local_address(listener_.get()).value();
  Fd there_ = make_bound(Address::loopback_ipv4(0));
  Address peer_ = local_address(there_.get()).value();
  Fd here_ = make_bound(Address::loopback_ipv4(0));
  Fd connecting_ = make_bound(Address::loopback_ipv4(0));

  File near_[3] = {File{loop_, File::borrow(streams_[0].near.get())}, File{loop_, File::borrow(streams_[1].near.get())},
                   File{loop_, File::borrow(streams_[2].near.get())}};
  File far_[3] = {File{loop_, File::borrow(streams_[0].far.get())}, File{loop_, File::borrow(streams_[1].far.get())},
                  File{loop_, File::borrow(streams_[2].far.get())}};
  File datagram_near_{loop_, File::borrow(datagrams_.near.get())};
  File datagram_far_{loop_, File::borrow(datagrams_.far.get())};
  File closing_file_{loop_, File::borrow(closing_.near.get())};
  File listening_{loop_, File::borrow(listener_.get())};
  File here_file_{loop_, File::borrow(here_.get())};
  File there_file_{loop_, File::borrow(there_.get())};
  File connecting_file_{loop_, File::borrow(connecting_.get())};

  IoRequest connect_{connecting_file_};
  AcceptRequest accept_{listening_};
  IoRequest shutdown_{closing_file_};
  IoRequest send_{near_[0]};
  IoRequest recv_{far_[0]};
  IoRequest feeder_{near_[1]};
  ReceiveRequest receive_{far_[1]};
  MessageRequest sendmsg_{near_[2]};
  MessageRequest recvmsg_{far_[2]};
  MessageRequest sendto_{here_file_};
  MessageRequest recvfrom_{there_file_};
  BatchRequest batch_out_{datagram_near_};
  BatchRequest batch_in_{datagram_far_};
};

TEST_P(SocketAllocation, OperationsOfEveryKindAllocateNothing) {
  auto mill = std::make_unique<SocketMill>(loop());
  ASSERT_TRUE(run_until([&] { return mill->completed() >= warm_up && mill->slowest_kind() > 100; }));
  const std::uint64_t allocated = count_allocations();
  const std::uint64_t end = mill->completed() + operations_wanted;
  while (mill->completed() < end)
    ASSERT_TRUE(loop().run(RunMode::once));
  EXPECT_EQ(count_allocations() - allocated, 0u);
  EXPECT_EQ(mill->failed(), 0u);
  EXPECT_GT(allocated, 0u) << "nothing was counted at all";
}

}  // namespace
}  // namespace evt::contract
