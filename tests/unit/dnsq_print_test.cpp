/// Messages as text: what dig 9.18 printed of the same octets, but for ids.
#include "dnsq/print.hpp"
#include "unit/dnsq_print_cases.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace evtool::dnsq {
namespace {

using namespace std::string_literals;

std::vector<std::byte> from_hex(std::string_view hex) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

Sections sections_of(std::string_view words) {
  Sections sections;
  if (words.contains("+noall")) sections = {false, false, false, false, false};
  if (words.contains("+answer")) sections.answer = true;
  if (words.contains("+comments")) sections.comments = true;
  if (words.contains("+nocomments")) sections.comments = false;
  if (words.contains("+noquestion")) sections.question = false;
  if (words.contains("+noauthority")) sections.authority = false;
  if (words.contains("+noadditional")) sections.additional = false;
  return sections;
}

std::string option(std::uint16_t code, std::string_view data, std::string_view cookie = {}) {
  std::string out;
  append_option(out, {.code = evt::dns::OptionCode{code}, .data = std::as_bytes(std::span(data))},
                std::as_bytes(std::span(cookie)));
  return out;
}

TEST(DnsqPrint, MessagesAreDigs) {
  for (const PrintCase& example : print_cases) {
    const auto bytes = from_hex(example.hex);
    auto message = evt::dns::Message::parse(bytes);
    ASSERT_TRUE(message) << example.name << ' ' << message.error().message();
    std::string out;
    append_message(out, *message, sections_of(example.words));
    EXPECT_EQ(out, example.text) << example.name;
  }
}

TEST(DnsqPrint, ACutMessageSaysSo) {
  auto bytes = from_hex(print_cases[0].hex);
  bytes[2] |= std::byte{2};
  auto message = evt::dns::Message::parse(std::span(bytes).first(60));
  ASSERT_TRUE(message);
  std::string out;
  append_message(out, *message, {});
  EXPECT_TRUE(out.contains(";; WARNING: Message is cut within a record\n")) << out;
}

TEST(DnsqPrint, ShortIsTheDataOnly) {
  const auto bytes = from_hex(print_cases[0].hex);
  std::string out;
  append_short(out, *evt::dns::Message::parse(bytes));
  EXPECT_EQ(out, "a.example.\n1.2.3.4\n");
}

TEST(DnsqPrint, CookiesAreComparedWithOurs) {
  EXPECT_EQ(option(10, "12345678abcdefgh"), "COOKIE: 31323334353637386162636465666768");
  EXPECT_EQ(option(10, "12345678abcdefgh", "12345678"), "COOKIE: 31323334353637386162636465666768 (good)");
  EXPECT_EQ(option(10, "12345678", "12345678"), "COOKIE: 3132333435363738 (echoed)");
  EXPECT_EQ(option(10, "1234567xabcdefgh", "12345678"), "COOKIE: 31323334353637786162636465666768 (bad)");
}

TEST(DnsqPrint, TextOfServersDrivesNoTerminal) {
  EXPECT_EQ(option(15,
                   "\0\x12"
                   "a\x1b[2J\xc2\x9b\xe2\x80\xae\xff\xc3\xa4"s),
            "EDE: 18 (Prohibited): (a.[2J...\xc3\xa4)");
  EXPECT_EQ(option(3, "\x1b\xc3\xa4"), "NSID: 1b c3 a4 (\"...\")");
}

TEST(DnsqPrint, OptionsThatAreNoneAreDumped) {
  EXPECT_EQ(option(8, "\0\1\x08\0\1\2"s), "OPT=8: 00 01 08 00 01 02 (\"......\")");
  EXPECT_EQ(option(8, "\0\1\x21\0\1\2\3\4\5"s), "OPT=8: 00 01 21 00 01 02 03 04 05 (\"..!......\")");
  EXPECT_EQ(option(10, "1234"), "OPT=10: 31 32 33 34 (\"1234\")");
  EXPECT_EQ(option(15, "1"), "OPT=15: 31 (\"1\")");
  EXPECT_EQ(option(14, "1"), "OPT=14: 31 (\"1\")");
  EXPECT_EQ(option(9, "1"), "OPT=9: 31 (\"1\")");
  EXPECT_EQ(option(1, "1"), "OPT=1: 31 (\"1\")");
}

TEST(DnsqPrint, StatisticsSayHowTheAnswerCame) {
  setenv("TZ", "UTC", 1);
  tzset();
  std::string out;
  append_statistics(out, {.took = std::chrono::microseconds{12900},
                          .server = evt::Address::loopback_ipv4(5353),
                          .server_name = "localhost",
                          .when = std::chrono::sys_seconds{std::chrono::seconds{1700000000}},
                          .size = 56});
  EXPECT_EQ(out,
            ";; Query time: 12 msec\n;; SERVER: 127.0.0.1#5353(localhost) (UDP)\n"
            ";; WHEN: Tue Nov 14 22:13:20 UTC 2023\n;; MSG SIZE  rcvd: 56\n");
  out.clear();
  append_statistics(
      out, {.server = evt::Address::loopback_ipv6(53), .server_name = "::1", .transport = evt::dns::Transport::tcp});
  EXPECT_TRUE(out.contains(";; SERVER: ::1#53(::1) (TCP)\n")) << out;
}

}  // namespace
}  // namespace evtool::dnsq
