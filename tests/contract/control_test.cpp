/// sendmsg and recvmsg on connections: vectors cut anywhere, descriptors that are passed once, control data that is
/// cut.
#include "contract/sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <tuple>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Control);

/// A message of several pieces that may pass descriptors.
struct Parcel {
  alignas(cmsghdr) std::array<char, 256> control{};
  std::vector<std::string> pieces;
  std::vector<iovec> vectors;
  msghdr header{};

  explicit Parcel(std::vector<std::string> source, const std::vector<int>& descriptors = {})
      : pieces(std::move(source)) {
    for (std::string& each : pieces)
      vectors.push_back({each.data(), each.size()});
    header.msg_iov = vectors.data();
    header.msg_iovlen = vectors.size();
    if (!descriptors.empty()) pass(descriptors);
  }
  void pass(const std::vector<int>& descriptors) {
    const std::size_t size = descriptors.size() * sizeof(int);
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(size);
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(first), descriptors.data(), size);
  }
  std::string text() const {
    std::string all;
    for (const std::string& each : pieces)
      all += each;
    return all;
  }
};

/// A header as it compares: without what lies between its members.
auto members(const msghdr& header) {
  return std::tuple(header.msg_name, header.msg_namelen, header.msg_iov, header.msg_iovlen, header.msg_control,
                    header.msg_controllen, header.msg_flags);
}

/// Room for a message, and what came in it.
struct Inbox {
  alignas(cmsghdr) std::array<char, 256> control{};
  std::string buffer;
  iovec vector{};
  msghdr header{};
  IoRecorder done;
  MessageRequest request;

  Inbox(File& file, std::size_t size) : buffer(size, '\0'), request(file) {}
  void prepare(std::size_t control_size = 256) {
    vector = {buffer.data(), buffer.size()};
    header = {};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control_size;
  }
  Ticket recvmsg(int flags = 0, std::size_t control_size = 256) {
    prepare(control_size);
    return request.recvmsg(header, bind(done), flags);
  }
  std::string text() const { return buffer.substr(0, request.transferred()); }
  std::vector<Fd> descriptors() {
    std::vector<Fd> all;
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
      for (std::size_t offset = 0; CMSG_LEN(offset + sizeof(int)) <= each->cmsg_len; offset += sizeof(int)) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(each) + offset, sizeof fd);
        all.emplace_back(fd);
      }
    }
    return all;
  }
};

TEST_P(Control, SendmsgMovesAllVectorsOverASlowReaderAndLeavesThemAlone) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  shrink_buffers(sockets.near);
  File file{loop(), File::borrow(sockets.near.get())};
  std::vector<std::string> pieces;
  for (std::size_t index = 0; index < 60; ++index)
    pieces.push_back(pattern(index * 397 % 9001));
  Parcel parcel{pieces};
  const std::vector<iovec> before = parcel.vectors;
  const msghdr header = parcel.header;
  MessageRequest request{file};
  IoRecorder done;
  Writer behind{file, "behind"};
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(done)));
  ASSERT_TRUE(behind.write());
  std::string all;
  ASSERT_TRUE(run_until([&] {
    all += drain(sockets.far, 1009);
    return all.size() == parcel.text().size() + 6;
  }));
  ASSERT_TRUE(run_until_called(behind.done));
  EXPECT_TRUE(completed_with(done, parcel.text().size()));
  EXPECT_EQ(all, parcel.text() + "behind");
  EXPECT_EQ(std::memcmp(before.data(), parcel.vectors.data(), before.size() * sizeof(iovec)), 0);
  EXPECT_EQ(members(header), members(parcel.header));
}

TEST_P(Control, SendmsgTakesMoreVectorsThanOneSystemCall) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  const PipeEnds pipe = make_pipe();
  Parcel parcel{std::vector<std::string>(3000, "0123456789"), {pipe.write.get()}};
  MessageRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(done)));
  File far{loop(), File::borrow(sockets.far.get())};
  Inbox inbox{far, 4000};
  std::string all;
  std::size_t descriptors = 0;
  inbox.done.then = [&] {
    all += inbox.text();
    descriptors += inbox.descriptors().size();
    inbox.prepare();
    return all.size() < 30'000 ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(inbox.recvmsg());
  ASSERT_TRUE(run_until([&] { return all.size() >= 30'000 && done.calls > 0; }));
  EXPECT_TRUE(completed_with(done, 30'000));
  EXPECT_EQ(all, parcel.text());
  EXPECT_EQ(descriptors, 1u) << "though it took three calls at least";
}

TEST_P(Control, DescriptorsComeWithTheFirstBytesOnceForEverySubmission) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  shrink_buffers(sockets.near);
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  const PipeEnds pipe = make_pipe();
  const std::string text = pattern(100'000);
  Parcel parcel{{text}, {pipe.read.get(), pipe.write.get()}};
  MessageRequest request{near};
  IoRecorder done;
  done.then = [&] { return done.calls < 2 ? Action::rearm : Action::disarm; };
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(done)));
  Inbox inbox{far, 3000};
  std::string all;
  std::vector<std::size_t> places;
  inbox.done.then = [&] {
    const std::vector<Fd> descriptors = inbox.descriptors();
    if (!descriptors.empty()) places.push_back(all.size());
    EXPECT_TRUE(descriptors.empty() || descriptors.size() == 2);
    all += inbox.text();
    inbox.prepare();
    return all.size() < 2 * text.size() ? Action::rearm : Action::disarm;
  };
  ASSERT_TRUE(inbox.recvmsg());
  ASSERT_TRUE(run_until([&] { return all.size() >= 2 * text.size() && done.calls == 2; }));
  EXPECT_TRUE(is_value(*done.result, text.size()));
  // The kernel may put the end of the first message before them.
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0], 0u);
  EXPECT_LE(places[1], text.size());
  EXPECT_GT(places[1] + inbox.buffer.size(), text.size());
  EXPECT_EQ(all, text + text);
}

TEST_P(Control, AReceivedDescriptorIsTheOneThatWasSent) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  PipeEnds pipe = make_pipe();
  Parcel parcel{{"x"}, {pipe.write.get()}};
  MessageRequest request{near};
  IoRecorder sent;
  Inbox inbox{far, 10};
  ASSERT_TRUE(inbox.recvmsg(MSG_CMSG_CLOEXEC));
  turns();
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(sent)));
  ASSERT_TRUE(run_until([&] { return inbox.done.calls > 0 && sent.calls > 0; }));
  EXPECT_EQ(inbox.text(), "x");
  pipe.write.reset();
  const std::vector<Fd> got = inbox.descriptors();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(fcntl(got[0].get(), F_GETFD), FD_CLOEXEC) << "the flags reach the kernel";
  feed(got[0], "through");
  EXPECT_EQ(drain(pipe.read), "through");
}

TEST_P(Control, ControlDataThatDoesNotFitIsReportedAndLeaksNothing) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File near{loop(), File::borrow(sockets.near.get())};
  File far{loop(), File::borrow(sockets.far.get())};
  const PipeEnds pipe = make_pipe();
  Parcel parcel{{"three"}, {pipe.read.get(), pipe.write.get(), pipe.read.get()}};
  MessageRequest request{near};
  IoRecorder sent;
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(sent)));
  ASSERT_TRUE(run_until_called(sent));
  const std::size_t before = count_descriptors();
  Inbox inbox{far, 10};
  ASSERT_TRUE(inbox.recvmsg(0, CMSG_LEN(sizeof(int))));
  ASSERT_TRUE(run_until_called(inbox.done));
  EXPECT_EQ(inbox.text(), "three");
  EXPECT_NE(inbox.request.flags() & MSG_CTRUNC, 0);
  EXPECT_EQ(inbox.descriptors().size(), 1u);
  EXPECT_EQ(count_descriptors(), before);
}

TEST_P(Control, RecvmsgTellsTheEndOfAStreamButNotOfMessages) {
  SocketPair stream = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(stream.near.get())};
  Inbox inbox{file, 10};
  ASSERT_TRUE(inbox.recvmsg());
  turns();
  stream.far.reset();
  ASSERT_TRUE(run_until_called(inbox.done));
  EXPECT_TRUE(failed_with(inbox.done, Errc::eof));
  EXPECT_STREQ(inbox.done.result->error().operation, "recvmsg");
  SocketPair messages = make_socket_pair(SOCK_DGRAM);
  File other{loop(), File::borrow(messages.near.get())};
  Inbox empty{other, 10};
  ASSERT_TRUE(empty.recvmsg());
  ASSERT_EQ(::send(messages.far.get(), "", 0, 0), 0);
  ASSERT_TRUE(run_until_called(empty.done));
  EXPECT_TRUE(completed_with(empty.done, 0));
}

TEST_P(Control, CancelOfOneSentInPartSaysHowMuchWentOut) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  Parcel parcel{{pattern(700'001), pattern(900'001)}};
  MessageRequest request{file};
  IoRecorder done;
  ASSERT_TRUE(request.sendmsg(parcel.header, bind(done)));
  turns(8);
  request.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, Errc::canceled));
  const std::string got = drain(sockets.far);
  EXPECT_GT(got.size(), 0u);
  EXPECT_EQ(request.transferred(), got.size());
  EXPECT_EQ(parcel.text().substr(0, got.size()), got);
}

TEST_P(Control, ARequestThatIsDestroyedTouchesNoBufferAfterwards) {
  SocketPair sockets = make_socket_pair(SOCK_STREAM);
  File file{loop(), File::borrow(sockets.near.get())};
  std::string buffer(8, '-');
  iovec vector{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  IoRecorder done;
  {
    MessageRequest request{file};
    ASSERT_TRUE(request.recvmsg(header, bind(done)));
    turns();
  }
  feed(sockets.far, "late");
  turns();
  EXPECT_EQ(buffer, "--------");
  EXPECT_EQ(drain(sockets.near), "late");
  EXPECT_EQ(done.calls, 0);
}

}  // namespace
}  // namespace evt::contract
