/// DNS messages as they are built: what is written is read again, and what does not fit is an error.
#include <evt/dns/build.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <string>

namespace evt::dns {
namespace {

std::string text(std::span<const std::byte> data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

TEST(DnsBuilder, AQueryIsTheOctetsOfRfc1035) {
  std::array<std::byte, 64> buffer;
  Builder builder(buffer, {.id = 0x1234, .recursion_desired = true});
  builder.question(*Name::parse("a.example"), Type::aaaa);
  auto message = builder.finish();
  ASSERT_TRUE(message);
  EXPECT_EQ(text(*message), std::string("\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\x1c\0\1", 27));
}

TEST(DnsBuilder, WhatIsWrittenIsReadAgain) {
  std::array<std::byte, 512> buffer;
  Builder builder(buffer, {.id = 7,
                           .opcode = Opcode::notify,
                           .response = true,
                           .authoritative = true,
                           .truncated = true,
                           .recursion_available = true,
                           .reserved = true,
                           .authentic_data = true,
                           .checking_disabled = true,
                           .rcode = Rcode{7}});
  const Name name = *Name::parse("a.example");
  const std::array<std::byte, 4> address = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  builder.question(name, Type::a, Class::ch);
  builder.record(Section::answer, name, {.type = Type::a, .ttl = 3600}, address);
  builder.record(Section::authority, Name(), {.type = Type{65280}, .cls = Class{9}, .ttl = 1}, {});
  builder.edns({.udp_size = 4096, .extended_rcode = 1, .version = 3, .dnssec_ok = true, .reserved_flags = 0xffff});
  builder.nsid();
  builder.cookie(std::span<const std::byte, 8>(buffer.data(), 8), {});
  auto message = builder.finish();
  ASSERT_TRUE(message);
  auto parsed = Message::parse(*message);
  ASSERT_TRUE(parsed) << parsed.error().message();
  const Header& header = parsed->header();
  EXPECT_EQ(header.id(), 7);
  EXPECT_EQ(header.opcode(), Opcode::notify);
  EXPECT_EQ(header.flags(), 0xa6f7);
  EXPECT_EQ(parsed->rcode(), Rcode{23});
  EXPECT_EQ(parsed->question()->cls, Class::ch);
  EXPECT_EQ(parsed->answers().begin()->address(0)->to_string(), "1.2.3.4:0");
  EXPECT_EQ(parsed->answers().begin()->ttl, 3600U);
  EXPECT_EQ(parsed->authorities().begin()->cls, Class{9});
  ASSERT_TRUE(parsed->edns());
  EXPECT_EQ(parsed->edns()->udp_size, 4096);
  EXPECT_EQ(parsed->edns()->version, 3);
  EXPECT_TRUE(parsed->edns()->dnssec_ok);
  EXPECT_EQ(parsed->edns()->reserved_flags, 0x7fff);
  EXPECT_TRUE(parsed->edns()->options.find(OptionCode::nsid)->data.empty());
  EXPECT_EQ(parsed->edns()->cookie().size(), 8U);
  EXPECT_EQ(parsed->trailing(), 0U);
}

TEST(DnsBuilder, ASubnetIsCutToItsPrefix) {
  in_addr ipv4;
  inet_pton(AF_INET, "192.0.255.255", &ipv4);
  for (auto [prefix, octets] : {std::pair(0, 0), {17, 3}, {24, 3}, {32, 4}, {200, 4}}) {
    std::array<std::byte, 64> buffer;
    Builder builder(buffer, {});
    builder.edns({});
    builder.client_subnet(Address::ipv4(ipv4, 0), static_cast<std::uint8_t>(prefix));
    auto message = builder.finish();
    ASSERT_TRUE(message);
    auto parsed = Message::parse(*message);
    ASSERT_TRUE(parsed);
    auto subnet = client_subnet(*parsed->edns()->options.begin());
    ASSERT_TRUE(subnet);
    EXPECT_EQ(subnet->family, 1);
    EXPECT_EQ(subnet->source, std::min(prefix, 32));
    EXPECT_EQ(subnet->address.size(), static_cast<std::size_t>(octets));
    if (prefix == 17) {
      EXPECT_EQ(text(subnet->address), std::string("\xc0\0\x80", 3));
    }
  }
}

TEST(DnsBuilder, PaddingMakesAMultiple) {
  for (std::size_t block : {1U, 16U, 128U, 468U}) {
    std::array<std::byte, 1024> buffer;
    Builder builder(buffer, {});
    builder.question(*Name::parse("a.example"), Type::a);
    builder.edns({});
    builder.padding(block);
    auto message = builder.finish();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->size() % block, 0U);
    EXPECT_TRUE(Message::parse(*message));
  }
}

TEST(DnsBuilder, WhatDoesNotFitIsAnErrorAtEverySize) {
  std::array<std::byte, 256> buffer;
  std::size_t needed = 0;
  auto build = [&](std::size_t size) {
    buffer.fill(std::byte{0xee});
    const std::span<std::byte> target(buffer.data(), size);
    Builder builder(target, {});
    builder.question(*Name::parse("a.example"), Type::a);
    builder.record(Section::answer, Name(), {.type = Type{65280}}, std::span(buffer).last(3));
    builder.edns({});
    builder.nsid();
    builder.padding(64);
    return builder.finish();
  };
  needed = build(buffer.size())->size();
  for (std::size_t size = 0; size < needed; ++size) {
    auto message = build(size);
    ASSERT_FALSE(message) << size;
    EXPECT_EQ(message.error(), std::errc::message_size);
    EXPECT_EQ(buffer[size], std::byte{0xee});
  }
  EXPECT_TRUE(build(needed));
}

}  // namespace
}  // namespace evt::dns
