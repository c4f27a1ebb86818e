/// Reads of every kind, by chance, among receives into two pools: whatever was received ahead, no byte is lost, doubled
/// or out of order.
#include "contract/sockets.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(PooledMix);

enum class Kind : std::uint8_t { read, read_exact, readv, recvmsg, peek, receive, receive_other };

/// One read of some kind; text() is what it took out of the stream.
class Taking {
 public:
  Taking(File& file, BufferPool& one, BufferPool& two, Kind kind, std::size_t size)
      : kind_(kind),
        pool_(kind == Kind::receive ? one : two),
        buffer_(size, '\0'),
        plain_(file),
        message_(file),
        pooled_(file) {}

  bool start() {
    switch (kind_) {
      case Kind::read:
        return bool(plain_.read(space_of(buffer_), bind(done_)));
      case Kind::read_exact:
        return bool(plain_.read_exact(space_of(buffer_), bind(done_)));
      case Kind::readv:
        return bool(plain_.readv(vectors_, bind(done_)));
      case Kind::recvmsg:
        header_.msg_iov = vectors_.data();
        header_.msg_iovlen = vectors_.size();
        return bool(message_.recvmsg(header_, bind(done_)));
      case Kind::peek:
        return bool(plain_.recv(space_of(buffer_), bind(done_), MSG_PEEK));
      case Kind::receive:
      case Kind::receive_other:
        return bool(pooled_.receive(pool_, bind<&Taking::on_received>(*this)));
    }
    return false;
  }
  void cancel() {
    plain_.cancel();
    message_.cancel();
    pooled_.cancel();
  }
  bool over() const { return done_.calls > 0 || received_; }
  bool peeks() const { return kind_ == Kind::peek; }
  /// What it saw.
  std::string text() const {
    const std::size_t size = plain_.transferred() + message_.transferred();
    if (kind_ == Kind::readv || kind_ == Kind::recvmsg) {
      return (std::string(small_.data(), small_.size()) + std::string(large_.data(), large_.size())).substr(0, size);
    }
    return received_ ? received_text_ : buffer_.substr(0, size);
  }
  std::size_t size() const { return buffer_.size(); }

 private:
  void on_received(Result<Buffer> buffer) {
    received_ = true;
    if (buffer) received_text_.assign(reinterpret_cast<const char*>(buffer->bytes().data()), buffer->size());
  }

  Kind kind_;
  BufferPool& pool_;
  std::string buffer_;
  std::array<char, 2> small_{};
  std::array<char, 5> large_{};
  std::array<iovec, 2> vectors_{iovec{small_.data(), small_.size()}, iovec{large_.data(), large_.size()}};
  msghdr header_{};
  IoRecorder done_;
  bool received_ = false;
  std::string received_text_;
  IoRequest plain_;
  MessageRequest message_;
  ReceiveRequest pooled_;
};

/// What is sent, how much of it is on its way, and how much has come.
struct Stream {
  std::string sent = pattern(400);
  std::size_t fed = 0;
  std::string got;

  void feed_some(const Fd& fd, std::size_t most) {
    const std::size_t size = std::min(most, sent.size() - fed);
    feed(fd, sent.substr(fed, size));
    fed += size;
  }
  std::size_t left() const { return sent.size() - got.size(); }
};

TEST_P(PooledMix, ReadsOfEveryKindAmongReceivesKeepTheOrderOfTheBytes) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::minstd_rand dice(seed);
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(dice() >> 8) % limit; };
    BufferPool one{loop(), {.count = 3, .size = 7}};
    BufferPool two{loop(), {.count = 2, .size = 16}};
    SocketPair sockets = seed % 2 != 0 ? make_tcp_pair() : make_socket_pair(SOCK_STREAM);
    File file{loop(), File::borrow(sockets.near.get())};
    Stream stream;
    while (stream.left() > 0) {
      const std::size_t size = std::min<std::size_t>(1 + below(9), stream.left());
      Taking taking{file, one, two, static_cast<Kind>(below(7)), size};
      ASSERT_TRUE(taking.start());
      if (below(2) == 0) turns(1);
      stream.feed_some(sockets.far, below(40));
      if (below(6) == 0) taking.cancel();
      if (stream.fed < stream.got.size() + size) stream.feed_some(sockets.far, 20);
      ASSERT_TRUE(run_until([&] { return taking.over(); }));
      const std::string text = taking.text();
      ASSERT_EQ(text, stream.sent.substr(stream.got.size(), text.size()));
      if (!taking.peeks()) stream.got += text;
    }
    turns(8);
    EXPECT_EQ(one.available(), 3u);
    EXPECT_EQ(two.available(), 2u);
  }
}

}  // namespace
}  // namespace evt::contract
