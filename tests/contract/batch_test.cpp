/// Batches of datagrams: parts of them, their order, what fails in the middle.
#include "contract/sockets.hpp"

#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Batches);

/// Messages with a buffer, a vector and a header each.
struct Batch {
  std::vector<std::string> texts;
  std::vector<iovec> vectors;
  std::vector<mmsghdr> headers;
  IoRecorder done;
  BatchRequest request;

  Batch(File& file, std::vector<std::string> buffers)
      : texts(std::move(buffers)), vectors(texts.size()), headers(texts.size()), request(file) {
    for (std::size_t index = 0; index < texts.size(); ++index) {
      vectors[index] = {texts[index].data(), texts[index].size()};
      headers[index].msg_hdr.msg_iov = &vectors[index];
      headers[index].msg_hdr.msg_iovlen = 1;
    }
  }
  Batch(File& file, std::size_t count, std::size_t size)
      : Batch(file, std::vector<std::string>(count, std::string(size, '\0'))) {}
  Ticket send() { return request.send(headers, bind(done)); }
  Ticket recv() { return request.recv(headers, bind(done)); }
  std::string text(std::size_t index) const { return texts[index].substr(0, headers[index].msg_len); }
};

/// `count` messages, each its number.
std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t index = 0; index < count; ++index)
    all.push_back(std::to_string(index));
  return all;
}

/// Takes one message of a datagram socket, if there is one.
std::optional<std::string> take(const Fd& fd) {
  char buffer[100];
  const ssize_t size = ::recv(fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (size < 0) return std::nullopt;
  return std::string(buffer, static_cast<std::size_t>(size));
}

TEST_P(Batches, ReceiveWhatIsThereAndWaitForNoMore) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Batch batch{file, 8, 32};
  ASSERT_TRUE(batch.recv());
  turns();
  EXPECT_EQ(batch.done.calls, 0);
  for (const char* each : {"one", "", "three"})
    ASSERT_GE(::send(sockets.far.get(), each, std::string_view(each).size(), 0), 0);
  std::vector<std::string> got;
  batch.done.then = [&] {
    EXPECT_TRUE(*batch.done.result);
    for (std::size_t index = 0; index < **batch.done.result; ++index)
      got.push_back(batch.text(index));
    return got.size() < 3 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(run_until([&] { return got.size() >= 3; }));
  EXPECT_EQ(got, (std::vector<std::string>{"one", "", "three"}));
}

TEST_P(Batches, ReceiveNoMoreThanTheyHaveRoomForAndLeaveTheRest) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  for (const std::string& each : numbers(5))
    feed(sockets.far, each);
  Batch batch{file, 3, 32};
  ASSERT_TRUE(batch.recv());
  ASSERT_TRUE(run_until_called(batch.done));
  ASSERT_TRUE(*batch.done.result);
  EXPECT_EQ(batch.request.transferred(), **batch.done.result) << "messages, not bytes";
  std::size_t got = **batch.done.result;
  EXPECT_LE(got, 3u);
  for (std::size_t index = 0; index < got; ++index)
    EXPECT_EQ(batch.text(index), std::to_string(index));
  for (; got < 5; ++got)
    EXPECT_EQ(take(sockets.near), std::to_string(got));
}

TEST_P(Batches, TellHowLongEachIsAndWhichWereCutShort) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Batch batch{file, 1, 4};
  ASSERT_TRUE(batch.recv());
  feed(sockets.far, "longer");
  ASSERT_TRUE(run_until_called(batch.done));
  EXPECT_TRUE(completed_with(batch.done, 1));
  EXPECT_EQ(batch.text(0), "long");
  EXPECT_NE(batch.headers[0].msg_hdr.msg_flags & MSG_TRUNC, 0);
}

TEST_P(Batches, SendEverythingInOrderThroughAQueueThatIsShort) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  // More than one system call takes (UIO_MAXIOV), and more than the other end's queue holds.
  Batch batch{file, numbers(1500)};
  Writer behind{file, "behind"};
  ASSERT_TRUE(batch.send());
  ASSERT_TRUE(behind.write());
  turns(8);
  EXPECT_EQ(batch.done.calls, 0);
  EXPECT_GT(batch.request.transferred(), 0u);
  std::size_t got = 0;
  ASSERT_TRUE(run_until([&] {
    while (got < 1500) {
      const auto text = take(sockets.far);
      if (!text) return false;
      EXPECT_EQ(*text, std::to_string(got++));
    }
    return true;
  }));
  ASSERT_TRUE(run_until_called(behind.done));
  EXPECT_TRUE(completed_with(batch.done, 1500));
  EXPECT_EQ(take(sockets.far), "behind");
}

TEST_P(Batches, AFailureInTheMiddleSaysHowManyWent) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Batch batch{file, {"one", "two", pattern(70'000), "four"}};
  ASSERT_TRUE(batch.send());
  ASSERT_TRUE(run_until_called(batch.done));
  EXPECT_TRUE(failed_with(batch.done, std::errc::message_size));
  EXPECT_EQ(batch.request.transferred(), 2u);
  EXPECT_EQ(take(sockets.far), "one");
  EXPECT_EQ(take(sockets.far), "two");
  EXPECT_EQ(take(sockets.far), std::nullopt);
}

TEST_P(Batches, OfNothingAreDoneAtOnce) {
  SocketPair sockets = make_udp_pair();
  File file{loop(), File::borrow(sockets.near.get())};
  Batch batch{file, 0, 0};
  ASSERT_TRUE(batch.send());
  ASSERT_TRUE(run_until_called(batch.done));
  EXPECT_TRUE(completed_with(batch.done, 0));
}

TEST_P(Batches, CancelOfOneSentInPartSaysHowManyWentAndSendsNoMore) {
  SocketPair sockets = make_socket_pair(SOCK_DGRAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Batch batch{file, numbers(1000)};
  ASSERT_TRUE(batch.send());
  turns(8);
  batch.request.cancel();
  ASSERT_TRUE(run_until_called(batch.done));
  EXPECT_TRUE(failed_with(batch.done, Errc::canceled));
  std::size_t got = 0;
  while (take(sockets.far))
    ++got;
  turns();
  EXPECT_EQ(take(sockets.far), std::nullopt);
  EXPECT_EQ(batch.request.transferred(), got);
}

TEST_P(Batches, CountMessagesForTheirOrderAndBytesForTheStatistics) {
  SocketPair sockets = make_udp_pair();
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  const std::uint64_t sent = loop().statistics().bytes_written;
  const std::uint64_t received = loop().statistics().bytes_read;
  Batch out{near, {"12345", "", "678"}};
  ASSERT_TRUE(out.send());
  ASSERT_TRUE(run_until_called(out.done));
  EXPECT_TRUE(completed_with(out.done, 3));
  Batch in{far, 3, 10};
  std::size_t got = 0;
  in.done.then = [&] {
    got += in.request.transferred();
    return got < 3 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(in.recv());
  ASSERT_TRUE(run_until([&] { return got == 3; }));
  EXPECT_EQ(loop().statistics().bytes_written - sent, 8u);
  EXPECT_EQ(loop().statistics().bytes_read - received, 8u);
}

TEST_P(Batches, OnADescriptorThatIsNoSocketTheyAreEnotsock) {
  const PipeEnds pipe = make_pipe();
  File file{loop(), File::borrow(pipe.write.get())};
  Batch batch{file, numbers(2)};
  ASSERT_TRUE(batch.send());
  ASSERT_TRUE(run_until_called(batch.done));
  EXPECT_TRUE(failed_with(batch.done, std::errc::not_a_socket));
}

}  // namespace
}  // namespace evt::contract
