/// Messages: addresses, control data, datagrams, batches.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Messages);

Fd make_datagram_socket() {
  Fd made{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const Address any = Address::loopback_ipv4(0);
  EXPECT_EQ(bind(made.get(), any.data(), any.size()), 0);
  return made;
}

TEST_P(Messages, KnowTheirSender) {
  File near{loop(), File::adopt(make_datagram_socket())};
  File far{loop(), File::adopt(make_datagram_socket())};
  const Address to = local_address(near.fd()).value();
  std::string buffer(4, '\0');
  Address from;
  MessageRequest receive{near};
  IoRecorder received;
  ASSERT_TRUE(receive.recvfrom(space_of(buffer), from, bind(received)));
  MessageRequest send{far};
  IoRecorder sent;
  ASSERT_TRUE(send.sendto(bytes_of("longer"), to, bind(sent)));
  ASSERT_TRUE(run_until([&] { return received.calls > 0 && sent.calls > 0; }));
  EXPECT_TRUE(completed_with(sent, 6));
  EXPECT_TRUE(completed_with(received, 4));
  EXPECT_TRUE(receive.truncated());
  EXPECT_EQ(from, local_address(far.fd()).value());
  EXPECT_EQ(buffer, "long");
}

/// A message of `text` that passes `fd`.
struct Passing {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec vector;
  msghdr header{};

  Passing(std::string_view text, int fd) : vector{const_cast<char*>(text.data()), text.size()} {
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(first), &fd, sizeof fd);
  }
};

TEST_P(Messages, PassADescriptorExactlyOnceHoweverManyPartsTheyTake) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  const std::string text = pattern(std::size_t{4} << 20);
  PipeEnds pipe = make_pipe();
  Passing message{text, pipe.write.get()};
  MessageRequest send{file};
  IoRecorder sent;
  ASSERT_TRUE(send.sendmsg(message.header, bind(sent)));
  File other{loop(), File::borrow(sockets.far.get())};
  MessageRequest receive{other};
  std::string got;
  int descriptors = 0;
  std::string buffer(100'000, '\0');
  iovec vector{buffer.data(), buffer.size()};
  std::array<char, 256> control{};
  msghdr header{};
  auto prepare = [&] {
    header = {};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  };
  auto on_received = [&](Result<std::size_t> size) {
    if (!size) return Action::disarm;
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
      ++descriptors;
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each), sizeof fd);
      EXPECT_TRUE(got.empty());
      Fd{fd}.reset();
    }
    got.append(buffer, 0, *size);
    prepare();
    return got.size() < text.size() ? Action::rearm : Action::disarm;
  };
  prepare();
  ASSERT_TRUE(receive.recvmsg(header, bind(on_received)));
  ASSERT_TRUE(run_until([&] { return got.size() >= text.size() && sent.calls > 0; }));
  EXPECT_TRUE(completed_with(sent, text.size()));
  EXPECT_EQ(descriptors, 1);
  EXPECT_EQ(got, text);
}

TEST_P(Messages, GoAndComeInBatches) {
  File near{loop(), File::adopt(make_datagram_socket())};
  File far{loop(), File::adopt(make_datagram_socket())};
  const Address to = local_address(near.fd()).value();
  ASSERT_EQ(connect(far.fd(), to.data(), to.size()), 0);
  constexpr std::size_t count = 8;
  std::array<std::string, count> texts;
  std::array<iovec, count> sources;
  std::array<iovec, count> targets;
  std::array<std::string, count> buffers;
  std::array<mmsghdr, count> outgoing{};
  std::array<mmsghdr, count> incoming{};
  for (std::size_t index = 0; index < count; ++index) {
    texts[index] = std::string(index, static_cast<char>('a' + index));
    buffers[index].resize(32);
    sources[index] = {texts[index].data(), texts[index].size()};
    targets[index] = {buffers[index].data(), buffers[index].size()};
    outgoing[index].msg_hdr.msg_iov = &sources[index];
    incoming[index].msg_hdr.msg_iov = &targets[index];
    outgoing[index].msg_hdr.msg_iovlen = incoming[index].msg_hdr.msg_iovlen = 1;
  }
  BatchRequest receive{near};
  std::size_t got = 0;
  auto on_received = [&](Result<std::size_t> messages) {
    ASSERT_TRUE(messages.has_value());
    for (std::size_t index = 0; index < *messages; ++index) {
      EXPECT_EQ(buffers[index].substr(0, incoming[index].msg_len), texts[got]);
      ++got;
    }
  };
  ASSERT_TRUE(receive.recv(incoming, bind(on_received)));
  turns();
  EXPECT_EQ(got, 0u);
  BatchRequest send{far};
  IoRecorder sent;
  ASSERT_TRUE(send.send(outgoing, bind(sent)));
  ASSERT_TRUE(run_until_called(sent));
  EXPECT_TRUE(completed_with(sent, count));
  while (got < count) {
    ASSERT_TRUE(run_until([&] { return receive.idle(); }));
    if (got < count) {
      ASSERT_TRUE(receive.recv(incoming, bind(on_received)));
    }
  }
}

}  // namespace
}  // namespace evt::contract
