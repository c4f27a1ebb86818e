/// The parts of a bulk run that need no server: lines, windows, timeouts, packing.
#include "dnsq/lines.hpp"
#include "dnsq/outbox.hpp"
#include "dnsq/questions.hpp"
#include "dnsq/round_trip.hpp"
#include "dnsq/window.hpp"
#include <evt/evt.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <numeric>
#include <string>
#include <vector>

namespace evtool::dnsq {
namespace {

using namespace std::chrono_literals;

TEST(DnsqLine, HasANameATypeAndAServer) {
  const auto all = parse_line("  www.example.com\tmx @192.0.2.1 ", {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->name.text(), "www.example.com.");
  EXPECT_EQ(all->type, evt::dns::Type::mx);
  EXPECT_EQ(all->server.value().to_string(), "192.0.2.1:53");
  const auto name = parse_line("x", {.type = evt::dns::Type::aaaa, .port = 1});
  ASSERT_TRUE(name);
  EXPECT_EQ(name->type, evt::dns::Type::aaaa);
  EXPECT_FALSE(name->server);
}

TEST(DnsqLine, IsRefusedWithAReason) {
  for (const char* line : {"a..b", "x NOPE", "x A B", "x @host", "x @192.0.2.1 @192.0.2.2", "x A A"})
    EXPECT_FALSE(parse_line(line, {})) << line;
}

TEST(DnsqServer, IsAnAddressWithOrWithoutPort) {
  const auto text = [](std::string_view server) {
    const auto address = parse_server(server, 53);
    return address ? address->to_string() : "none";
  };
  EXPECT_EQ(text("192.0.2.1"), "192.0.2.1:53");
  EXPECT_EQ(text("192.0.2.1:5353"), "192.0.2.1:5353");
  EXPECT_EQ(text("2001:db8::1"), "[2001:db8::1]:53");
  EXPECT_EQ(text("[2001:db8::1]"), "[2001:db8::1]:53");
  EXPECT_EQ(text("[2001:db8::1]:5353"), "[2001:db8::1]:5353");
  EXPECT_EQ(text("ns.example"), "none");
  EXPECT_EQ(text("unix:/x"), "none");
}

TEST(DnsqWindow, GrowsWithAnswersUpToItsLimit) {
  Window window(40);
  EXPECT_EQ(window.limit(), 32U);
  for (int i = 0; i < 20; ++i)
    window.on_answer(0ns, 1s);
  EXPECT_EQ(window.limit(), 40U);
  EXPECT_EQ(Window(5).limit(), 5U);
}

TEST(DnsqWindow, ShrinksWhereMoreThanAQuarterIsLost) {
  Window window(1000);
  for (int i = 0; i < 968; ++i)
    window.on_answer(1ns, 1s);
  ASSERT_EQ(window.limit(), 1000U);
  for (int i = 0; i < 600; ++i)
    window.on_loss(2ns, 1s);
  window.on_loss(2s, 1s);  // 601 of 1568: a look.
  EXPECT_LT(window.limit(), 700U);
  EXPECT_GE(window.limit(), 500U);
  for (int round = 2; round < 40; ++round)
    window.on_loss(round * 2s, 1s);
  EXPECT_EQ(window.limit(), 16U);
}

TEST(DnsqWindow, IsLeftAloneByOneLossInFive) {
  Window window(100);
  for (int i = 0; i < 100; ++i)
    window.on_answer(1ns, 1s);
  const auto before = window.limit();
  for (int i = 0; i < 20; ++i)
    window.on_loss(2ns, 1s);
  window.on_answer(2s, 1s);
  EXPECT_EQ(window.limit(), before);
}

TEST(DnsqRoundTrip, FollowsWhatIsMeasuredWithinItsBounds) {
  RoundTrip trip;
  EXPECT_EQ(trip.timeout(), 1s);
  trip.measured(200ms);
  EXPECT_EQ(trip.timeout(), 600ms);
  for (int i = 0; i < 100; ++i)
    trip.measured(1ms);
  EXPECT_EQ(trip.timeout(), 100ms);
  for (int i = 0; i < 100; ++i)
    trip.measured(5s);
  EXPECT_EQ(trip.timeout(), 1s);
}

std::string text_of(const iovec& vector) {
  return {static_cast<const char*>(vector.iov_base), vector.iov_len};
}

/// The datagrams of each message, joined by blanks.
std::vector<std::string> packed(Outbox& box, Outbox::Packing packing) {
  std::vector<std::string> messages;
  for (const mmsghdr& header : box.pack(packing)) {
    std::string text;
    for (const iovec& vector : std::span(header.msg_hdr.msg_iov, header.msg_hdr.msg_iovlen))
      text.append(text.empty() ? "" : " ").append(text_of(vector));
    messages.push_back(text);
  }
  return messages;
}

TEST(DnsqOutbox, PutsDatagramsOfOneSizeTogether) {
  Outbox box;
  for (const std::string_view text : {"aaa", "b", "ccc", "dd", "e"})
    box.add(std::as_bytes(std::span(text)));
  EXPECT_EQ(packed(box, Outbox::Packing::alone), (std::vector<std::string>{"aaa", "b", "ccc", "dd", "e"}));
  auto together = packed(box, Outbox::Packing::together);
  ASSERT_EQ(together.size(), 3U);
  EXPECT_TRUE(together[0] == "b e" || together[0] == "e b") << together[0];
  EXPECT_EQ(together[1], "dd");
  EXPECT_TRUE(together[2] == "aaa ccc" || together[2] == "ccc aaa") << together[2];
  const auto headers = box.pack(Outbox::Packing::together);
  EXPECT_NE(headers[0].msg_hdr.msg_controllen, 0U);
  EXPECT_EQ(headers[1].msg_hdr.msg_controllen, 0U);
}

/// Lines that come out of `pieces`, written one by one.
std::vector<std::string> lines_of(const std::vector<std::string>& pieces, std::vector<bool>* cut = nullptr) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  auto loop = evt::Loop::create().value();
  int calls = 0;
  Lines lines(loop, evt::File::adopt(evt::Fd{ends[0]}),
              {.function = [](void* count) { ++*static_cast<int*>(count); }, .context = &calls});
  std::vector<std::string> found;
  const auto take = [&] {
    while (const auto line = lines.next()) {
      found.emplace_back(*line);
      if (cut != nullptr) cut->push_back(lines.was_cut());
    }
  };
  take();
  for (const std::string& piece : pieces) {
    EXPECT_EQ(write(ends[1], piece.data(), piece.size()), static_cast<ssize_t>(piece.size()));
    const int before = calls;
    do {
      EXPECT_TRUE(loop.run(evt::RunMode::once));
    } while (calls == before);
    take();
  }
  close(ends[1]);
  while (!lines.ended()) {
    EXPECT_TRUE(loop.run(evt::RunMode::once));
    take();
  }
  EXPECT_FALSE(lines.error());
  return found;
}

TEST(DnsqLines, ComeWholeHoweverTheyAreCut) {
  const std::vector<std::string> expected{"one", "", "two", "three"};
  EXPECT_EQ(lines_of({"one\n\ntwo\r\nthree"}), expected);
  EXPECT_EQ(lines_of({"o", "ne", "\n\nt", "wo\r", "\nthree", "\n"}), expected);
  EXPECT_TRUE(lines_of({}).empty());
}

TEST(DnsqLines, ThatAreTooLongAreCutAndSaidToBe) {
  std::vector<bool> cut;
  const std::string piece(Lines::longest_line / 2, 'x');
  const auto found = lines_of({"a\n", piece, piece, piece, "\nb\n"}, &cut);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].substr(0, 3), "xxx");
  EXPECT_EQ(found[2], "b");
  EXPECT_EQ(cut, (std::vector<bool>{false, true, false}));
}

}  // namespace
}  // namespace evtool::dnsq
