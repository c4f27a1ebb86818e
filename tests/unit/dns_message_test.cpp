/// DNS messages as they come: what is read from good ones, and that bad ones are refused for their reason.
#include <evt/dns/match.hpp>
#include <evt/dns/message.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace evt::dns {
namespace {

using namespace std::string_view_literals;

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// id 0x1234, the flags, and counts.
std::string header(std::uint16_t flags, std::array<int, 4> counts) {
  std::string out = "\x12\x34";
  out += static_cast<char>(flags >> 8);
  out += static_cast<char>(flags & 0xff);
  for (int count : counts)
    out += {static_cast<char>(count >> 8), static_cast<char>(count & 0xff)};
  return out;
}

std::string word(std::size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::string record(std::string_view owner, Type type, std::string_view rdata) {
  return std::string(owner) + word(static_cast<std::size_t>(type)) + word(1) + std::string("\0\0\1\x2c", 4) +
         word(rdata.size()) + std::string(rdata);
}

constexpr std::uint16_t reply = 0x8180;
constexpr auto question = "\3www\7example\0\0\1\0\1"sv;  // The name at 12, `example` at 16.
constexpr auto www = "\xc0\x0c"sv;

std::string wrong(const std::string& message) {
  auto parsed = Message::parse(bytes(message));
  if (parsed) return "it is right";
  EXPECT_EQ(parsed.error(), std::errc::bad_message);
  return parsed.error().operation;
}

std::string with_answer(std::string_view owner, Type type, std::string_view rdata) {
  return header(reply, {1, 1, 0, 0}) + std::string(question) + record(owner, type, rdata);
}

TEST(DnsMessage, HeaderIsReadByItself) {
  auto parsed = Header::parse(bytes(header(0xffff, {1, 2, 3, 4})));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->id(), 0x1234);
  EXPECT_TRUE(parsed->response() && parsed->authoritative() && parsed->truncated() && parsed->recursion_desired());
  EXPECT_TRUE(parsed->recursion_available() && parsed->reserved() && parsed->authentic_data());
  EXPECT_TRUE(parsed->checking_disabled());
  EXPECT_EQ(parsed->opcode(), Opcode{15});
  EXPECT_EQ(parsed->rcode(), Rcode{15});
  EXPECT_EQ(parsed->count(Section::additional), 4);
  EXPECT_FALSE(Header::parse(bytes("\0\0\0\0\0\0\0\0\0\0\0"sv)));
  for (unsigned bit : {4U, 5U, 6U, 7U, 8U, 9U, 10U, 15U}) {
    auto one = Header::parse(bytes(header(static_cast<std::uint16_t>(1U << bit), {})));
    const int set = one->checking_disabled() + one->authentic_data() + one->reserved() + one->recursion_available() +
                    one->recursion_desired() + one->truncated() + one->authoritative() + one->response();
    EXPECT_EQ(set, 1) << bit;
  }
}

TEST(DnsMessage, YieldsQuestionsAndRecordsInTheirSections) {
  const std::string message = header(reply, {1, 2, 1, 1}) + std::string(question) +
                              record(www, Type::cname, "\1a\xc0\x10"sv) +
                              record("\1a\xc0\x10"sv, Type::a, "\1\2\3\4"sv) + record("\xc0\x10"sv, Type::ns, www) +
                              record("\0"sv, Type::txt, "\2hi"sv);
  auto parsed = Message::parse(bytes(message));
  ASSERT_TRUE(parsed) << parsed.error().message();
  ASSERT_TRUE(parsed->question());
  EXPECT_EQ(parsed->question()->name.name().text(), "www.example.");
  EXPECT_EQ(parsed->question()->type, Type::a);
  EXPECT_EQ(parsed->questions().size(), 1U);
  auto answer = parsed->answers().begin();
  EXPECT_EQ(answer->owner, *Name::parse("WWW.example"));
  EXPECT_EQ(answer->ttl, 300U);
  EXPECT_EQ(answer->target()->text(), "a.example.");
  ++answer;
  EXPECT_EQ(answer->owner.name().text(), "a.example.");
  EXPECT_EQ(answer->address(53)->to_string(), "1.2.3.4:53");
  EXPECT_FALSE(answer->target());
  ++answer;
  EXPECT_TRUE(answer == parsed->answers().end());
  EXPECT_EQ(parsed->authorities().begin()->target()->text(), "www.example.");
  EXPECT_FALSE(parsed->authorities().begin()->address(53));
  EXPECT_EQ(parsed->additionals().begin()->owner, Name());
  EXPECT_FALSE(parsed->edns());
  EXPECT_EQ(parsed->trailing(), 0U);
  EXPECT_FALSE(parsed->cut());
}

TEST(DnsMessage, OfNothingButAHeaderIsOne) {
  const std::string message = header(0x8185, {});
  auto parsed = Message::parse(bytes(message));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->question());
  EXPECT_TRUE(parsed->answers().empty() && parsed->authorities().empty() && parsed->additionals().empty());
  EXPECT_EQ(parsed->rcode(), Rcode::refused);
}

TEST(DnsMessage, AnswersOfOtherTypesAreLeftAsTheyAre) {
  const std::string message = with_answer(www, Type{65280}, "\xc0\xff\xff"sv);
  auto parsed = Message::parse(bytes(message));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->answers().begin()->rdata.size(), 3U);
  EXPECT_FALSE(parsed->answers().begin()->target());
}

TEST(DnsMessage, PointersLeadBackwardsOnly) {
  EXPECT_EQ(wrong(with_answer("\xc0\x1d"sv, Type::a, "\1\2\3\4"sv)),
            "dns: a compression pointer that does not point backwards");  // At itself.
  EXPECT_EQ(wrong(with_answer("\xc0\x1e"sv, Type::a, "\1\2\3\4"sv)),
            "dns: a compression pointer that does not point backwards");
  EXPECT_EQ(wrong(with_answer("\1a\xc0\x1d"sv, Type::a, "\1\2\3\4"sv)),
            "dns: a compression pointer that does not point backwards");  // At its own beginning.
  EXPECT_EQ(wrong(with_answer("\xc0\x0c"sv, Type::a, "\1\2\3\4"sv)), "it is right");
  EXPECT_EQ(wrong(with_answer("\xc0\x0b"sv, Type::a, "\1\2\3\4"sv)), "dns: a compression pointer into the header");
  EXPECT_EQ(wrong(with_answer("\xc0\x00"sv, Type::a, "\1\2\3\4"sv)), "dns: a compression pointer into the header");
}

TEST(DnsMessage, ReservedKindsOfLabelsAreRefused) {
  EXPECT_EQ(wrong(with_answer("\x40\0"sv, Type::a, "\1\2\3\4"sv)), "dns: a label of an unknown kind");
  EXPECT_EQ(wrong(with_answer("\xbf\0"sv, Type::a, "\1\2\3\4"sv)), "dns: a label of an unknown kind");
}

TEST(DnsMessage, NamesAreMeasuredAfterExpansion) {
  std::string head = header(reply, {1, 1, 0, 0});
  for (int i = 0; i < 3; ++i)
    head += '\77' + std::string(63, 'a');
  head += '\73' + std::string(59, 'b') + std::string("\0\0\1\0\1", 5);  // 253 octets in all.
  EXPECT_EQ(wrong(head + record("\1x\xc0\x0c"sv, Type::a, "\1\2\3\4"sv)), "it is right");
  EXPECT_EQ(wrong(head + record("\2xx\xc0\x0c"sv, Type::a, "\1\2\3\4"sv)), "dns: a name of more than 255 octets");
}

TEST(DnsMessage, ChainsOfPointersAreBounded) {
  for (auto [pointers, right] : {std::pair(127, true), std::pair(128, false)}) {
    std::string message = header(reply, {1, 1, 0, 0}) + std::string("\0\0\1\0\1", 5);
    std::string chain = "\xc0\x0c";
    const std::size_t begin = message.size() + 11;
    for (int i = 1; i < pointers - 1; ++i)
      chain += word(0xc000 | (begin + 2 * static_cast<std::size_t>(i) - 2));
    message += record("\0"sv, Type{65280}, chain);
    message[7] = 2;
    message += record(word(0xc000 | (begin + chain.size() - 2)), Type::a, "\1\2\3\4"sv);
    EXPECT_EQ(wrong(message), right ? "it is right" : "dns: too many compression pointers in a name");
  }
}

TEST(DnsMessage, DataStaysWithinItsSizeAndLeavesNothing) {
  EXPECT_EQ(wrong(with_answer(www, Type::a, "\1\2\3"sv)), "dns: the data of a record ends early");
  EXPECT_EQ(wrong(with_answer(www, Type::a, "\1\2\3\4\5"sv)), "dns: more data in a record than its type has");
  EXPECT_EQ(wrong(with_answer(www, Type::cname, "\1a"sv)), "dns: the data of a record ends early");
  EXPECT_EQ(wrong(with_answer(www, Type::cname, "\xc0"sv)), "dns: the data of a record ends early");
  EXPECT_EQ(wrong(with_answer(www, Type::cname, "\xc0\x0c\0"sv)), "dns: more data in a record than its type has");
  EXPECT_EQ(wrong(with_answer(www, Type::txt, "\3ab"sv)), "dns: the data of a record ends early");
  EXPECT_EQ(wrong(with_answer(www, Type::a, ""sv)), "dns: the data of a record ends early");
  // The name ends in what comes after the data.
  std::string message = with_answer(www, Type::cname, "\1a"sv) + std::string("\0", 1);
  EXPECT_EQ(wrong(message), "dns: the data of a record ends early");
}

TEST(DnsMessage, NewerTypesHaveNoCompressedNames) {
  EXPECT_EQ(wrong(with_answer(www, Type::dname, www)), "dns: a compressed name where none may be");
  EXPECT_EQ(wrong(with_answer(www, Type::srv, "\0\0\0\0\0\0\xc0\x0c"sv)), "it is right");
}

TEST(DnsMessage, CountsAreClaimsThatMustBeMet) {
  EXPECT_EQ(wrong(header(reply, {0xffff, 0xffff, 0xffff, 0xffff})), "dns: the message ends early");
  EXPECT_EQ(wrong(header(reply, {1, 0, 0, 0}) + "\1a"), "dns: the message ends early");
  EXPECT_EQ(wrong(header(reply, {0, 1, 0, 0}) + std::string("\0\0\1\0\1\0\0\0\0\0", 10)),
            "dns: the message ends early");
}

TEST(DnsMessage, CutWithinARecordIsReadUpToThere) {
  std::string whole = header(reply | 0x200, {1, 2, 0, 1}) + std::string(question) + record(www, Type::a, "\1\2\3\4"sv);
  const std::size_t first = whole.size();
  whole += record(www, Type::a, "\5\6\7\10"sv) + record("\0"sv, Type::opt, ""sv);
  for (std::size_t size = Header::size + question.size(); size <= whole.size(); ++size) {
    auto parsed = Message::parse(bytes(whole).first(size));
    ASSERT_TRUE(parsed) << size << parsed.error().message();
    EXPECT_EQ(parsed->cut(), size < whole.size());
    EXPECT_EQ(parsed->question()->name, *Name::parse("www.example"));
    EXPECT_EQ(parsed->answers().size(), size < first ? 0U : size < first + 16 ? 1U : 2U) << size;
  }
  whole[2] = static_cast<char>(whole[2] & ~2);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(Message::parse(bytes(whole).first(size))) << size;
}

TEST(DnsMessage, OctetsBehindTheEndAreCounted) {
  const std::string message = with_answer(www, Type::a, "\1\2\3\4"sv) + "xyz";
  auto parsed = Message::parse(bytes(message));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->trailing(), 3U);
}

TEST(DnsMessage, OptSaysWhatEdnsSays) {
  const std::string message = header(reply | 7, {0, 0, 0, 1}) +
                              std::string("\0\0\x29\x04\xd0\x01\x02\xc0\x01\0\x14", 11) +
                              std::string(
                                  "\0\x0a\0\x08"
                                  "12345678"
                                  "\0\x0f\0\4\0\x12no",
                                  20);
  auto parsed = Message::parse(bytes(message));
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->rcode(), Rcode::badcookie);
  ASSERT_TRUE(parsed->edns());
  const Edns& edns = *parsed->edns();
  EXPECT_EQ(edns.udp_size, 1232);
  EXPECT_EQ(edns.version, 2);
  EXPECT_TRUE(edns.dnssec_ok);
  EXPECT_EQ(edns.reserved_flags, 0x4001);
  EXPECT_EQ(edns.cookie().size(), 8U);
  auto error = edns.options.find(OptionCode::extended_error);
  ASSERT_TRUE(error);
  EXPECT_EQ(extended_error(*error)->code, 18);
  EXPECT_EQ(extended_error(*error)->text, "no");
  EXPECT_FALSE(edns.options.find(OptionCode::nsid));
}

TEST(DnsMessage, OptIsOneAtTheRootInTheAdditionalSection) {
  const std::string opt = record("\0"sv, Type::opt, ""sv);
  EXPECT_EQ(wrong(header(reply, {0, 0, 0, 2}) + opt + opt), "dns: more than one OPT record");
  EXPECT_EQ(wrong(header(reply, {0, 0, 1, 0}) + opt), "dns: an OPT record outside the additional section");
  EXPECT_EQ(wrong(header(reply, {0, 0, 0, 1}) + record("\1a\0"sv, Type::opt, ""sv)),
            "dns: an OPT record whose owner is not the root");
  EXPECT_EQ(wrong(header(reply, {0, 0, 0, 1}) + record("\0"sv, Type::opt, "\0\x0a\0\1"sv)),
            "dns: an option that ends early");
}

TEST(DnsMessage, AnswersAQueryOnlyIfAllOfItMatches) {
  const std::string query = header(0x0100, {1, 0, 0, 0}) + std::string(question);
  const std::string good = with_answer(www, Type::a, "\1\2\3\4"sv);
  const auto matched = [&](const std::string& message) { return match(bytes(message), bytes(query)); };
  const auto changed = [&](std::size_t at, int bits) {
    std::string other = good;
    other[at] = static_cast<char>(other[at] ^ bits);
    return other;
  };
  EXPECT_EQ(matched(good), Match::answer);
  EXPECT_EQ(matched(changed(0, 0x80)), Match::wrong_id);
  EXPECT_EQ(matched(changed(1, 0x80)), Match::wrong_id);
  // QR, opcode, count, a letter of the name, the end of type and of class.
  for (auto [at, bits] : {std::pair(2U, 0x80), {2U, 0x08}, {5U, 0x80}, {13U, 0x80}, {26U, 0x80}, {28U, 0x80}}) {
    EXPECT_EQ(matched(changed(at, bits)), Match::foreign) << at;
  }
  EXPECT_EQ(matched(changed(13, 0x20)), Match::other_case);
  for (std::size_t size = 0; size < query.size(); ++size)
    EXPECT_EQ(matched(good.substr(0, size)), Match::foreign) << size;
}

TEST(DnsMessage, ManyRecordsThatShareALongChainTakeLittleTime) {
  std::string message = header(reply, {0, 0, 0, 0});
  std::string chain = std::string("\0", 1);
  // 8 000 pointers, each at the one before.
  for (int i = 0; i < 8000; ++i)
    chain += word(0xc000 | (23 + (i == 0 ? 0 : 2 * static_cast<std::size_t>(i) - 1)));
  message += record("\0"sv, Type{65280}, chain);
  int count = 1;
  for (; message.size() + 12 < 65536; ++count)
    message += record(word(0xc000 | 16000), Type{65280}, ""sv);
  message[6] = static_cast<char>(count >> 8);
  message[7] = static_cast<char>(count & 0xff);
  EXPECT_EQ(wrong(message), "dns: too many compression pointers in a name");
}

}  // namespace
}  // namespace evt::dns
