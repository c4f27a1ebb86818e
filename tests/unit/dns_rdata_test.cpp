/// Data of records as text: what dig prints is printed, and what is printed is read back as the same octets.
#include "dns/table.hpp"
#include "unit/dns_examples.hpp"
#include <evt/dns/rdata.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace evt::dns {
namespace {

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

std::string word(std::size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

/// A reply with one record.
std::string message_of(Type type, Class cls, std::string_view rdata,
                       std::string_view owner = std::string_view("\0", 1)) {
  return std::string("\0\0\x84\0\0\0\0\1\0\0\0\0", 12) + std::string(owner) + word(static_cast<std::size_t>(type)) +
         word(static_cast<std::size_t>(cls)) + std::string("\0\0\1\x2c", 4) + word(rdata.size()) + std::string(rdata);
}

std::string printed(Type type, Class cls, std::string_view rdata) {
  const std::string message = message_of(type, cls, rdata);
  auto parsed = Message::parse(std::as_bytes(std::span(message)));
  if (!parsed) return parsed.error().operation;
  std::string out;
  append_rdata(out, *parsed->answers().begin());
  return out;
}

std::string read(Type type, Class cls, std::string_view text, std::size_t room = 65535) {
  std::vector<std::byte> target(room);
  auto data = parse_rdata(type, cls, text, target);
  if (!data) return data.error().operation;
  return {reinterpret_cast<const char*>(data->data()), data->size()};
}

TEST(DnsRdata, IsPrintedAsDigPrintsIt) {
  for (const Example& example : examples) {
    EXPECT_EQ(printed(*parse_type(example.type), *parse_class(example.cls), from_hex(example.hex)), example.text)
        << example.type << ' ' << example.hex;
  }
}

TEST(DnsRdata, IsReadBackAsTheSameOctets) {
  for (const Example& example : examples) {
    EXPECT_EQ(read(*parse_type(example.type), *parse_class(example.cls), example.text), from_hex(example.hex))
        << example.type << ' ' << example.text;
  }
}

TEST(DnsRdata, EveryTypeWithALayoutHasAnExample) {
  std::set<std::string> shown;
  for (const Example& example : examples)
    shown.insert(example.type);
  int types = 0;
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const TypeRow* row = find_row(Type{static_cast<std::uint16_t>(number)});
    if (row == nullptr || row->fields == nullptr) continue;
    ++types;
    EXPECT_TRUE(shown.contains(std::string(row->name))) << row->name;
  }
  EXPECT_GE(types, 70);
}

TEST(DnsRdata, OfEveryTypeIsReadInTheFormOfRfc3597) {
  for (const Example& example : examples) {
    const std::string wire = from_hex(example.hex);
    const std::string text = "\\# " + std::to_string(wire.size()) + ' ' + example.hex;
    EXPECT_EQ(read(*parse_type(example.type), *parse_class(example.cls), text), wire) << example.type;
  }
  EXPECT_EQ(read(Type::a, Class::in, "\\# 3 010203"), "dns: the data of a record ends early");
  EXPECT_EQ(read(Type{65280}, Class::in, "\\# 3 0102"), "dns: digits that are none");
  EXPECT_EQ(read(Type{65280}, Class::in, "\\# 1 0x"), "dns: digits that are none");
  EXPECT_EQ(read(Type{65280}, Class::in, "\\#"), "dns: something is missing at the end of a record");
  EXPECT_EQ(read(Type{65280}, Class::in, "01"), "dns: a type whose data is known as \\# only");
}

TEST(DnsRdata, CutAnywhereIsRefusedOrAnotherAndNeverReadBeyond) {
  for (const Example& example : examples) {
    const std::string wire = from_hex(example.hex);
    for (std::size_t size = 0; size < wire.size(); ++size) {
      // Exactly as much memory, so that a sanitizer sees what is read behind it.
      std::string message = message_of(*parse_type(example.type), *parse_class(example.cls), wire.substr(0, size));
      message.shrink_to_fit();
      auto parsed = Message::parse(std::as_bytes(std::span(message)));
      if (!parsed) continue;
      std::string out;
      append_rdata(out, *parsed->answers().begin());
      EXPECT_FALSE(out == example.text && size + 1 < wire.size()) << example.type << ' ' << size;
    }
  }
}

TEST(DnsRdata, OnlyPrintableAsciiComesOut) {
  for (const Example& example : examples) {
    std::string wire = from_hex(example.hex);
    for (std::size_t at = 0; at < wire.size(); ++at) {
      for (int octet : {0x00, 0x07, 0x0a, 0x1b, 0x7f, 0x80, 0x9b, 0xe2, 0xff}) {
        std::string other = wire;
        other[at] = static_cast<char>(octet);
        const std::string text = printed(*parse_type(example.type), *parse_class(example.cls), other);
        ASSERT_TRUE(std::ranges::all_of(text, [](char letter) { return letter >= 0x20 && letter < 0x7f; }))
            << example.type << ' ' << example.hex << ' ' << at;
      }
    }
  }
}

TEST(DnsRdata, NamesInItAreExpanded) {
  const std::string message = std::string("\0\0\x84\0\0\0\0\1\0\0\0\0\3www\7example\0", 25) + word(15) + word(1) +
                              std::string("\0\0\0\0\0\4\0\x0a\xc0\x10", 10);
  auto parsed = Message::parse(std::as_bytes(std::span(message)));
  ASSERT_TRUE(parsed) << parsed.error().message();
  std::string out;
  append_record(out, *parsed->answers().begin());
  EXPECT_EQ(out, "www.example.\t\t0\tIN\tMX\t10 example.");
}

TEST(DnsRdata, LinesHaveTheColumnsOfDig) {
  const auto line = [](std::string_view owner, Type type, std::string_view rdata) {
    const std::string message = message_of(
        type, Class::in, rdata, Name::parse(owner)->is_root() ? std::string_view("\0", 1) : [&] {
          static std::string wire;
          const Name name = *Name::parse(owner);
          wire.assign(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
          return std::string_view(wire);
        }());
    auto parsed = Message::parse(std::as_bytes(std::span(message)));
    std::string out;
    append_record(out, *parsed->answers().begin());
    return out;
  };
  EXPECT_EQ(line(".", Type::a, "\1\2\3\4"), ".\t\t\t300\tIN\tA\t1.2.3.4");
  EXPECT_EQ(line("a2345678901234567890123", Type::a, "\1\2\3\4"), "a2345678901234567890123. 300\tIN\tA\t1.2.3.4");
  EXPECT_EQ(line("a234567890123456789012345678901", Type::a, "\1\2\3\4"),
            "a234567890123456789012345678901. 300 IN\tA\t1.2.3.4");
  EXPECT_EQ(line("a", Type{65280}, "\1"), "a.\t\t\t300\tIN\tTYPE65280 \\# 1 01");
}

TEST(DnsRdata, IsReadAsPeopleWriteIt) {
  using namespace std::string_literals;
  EXPECT_EQ(read(Type::soa, Class::in, "a b ( 1 1h 15m\n 1w 1h30m ) ; times"),
            "\1a\0\1b\0\0\0\0\1\0\0\x0e\x10\0\0\3\x84\0\x09\x3a\x80\0\0\x15\x18"s);
  EXPECT_EQ(read(Type::txt, Class::in, "a \"b c\" \\100\\\"\"\""), "\1a\3b c\2d\"\0"s);
  EXPECT_EQ(read(Type::loc, Class::in, "42 N 71 6 W -24m 30m"),
            "\0\x33\x16\x13\x89\x03\x28\x40\x70\xbc\xae\x40\0\x98\x8d\x20"s.substr(0, 4) +
                read(Type::loc, Class::in, "42 0 0.000 N 71 6 0.000 W -24.00m 30m 10000m 10m").substr(4));
  EXPECT_EQ(read(Type::rrsig, Class::in, "A RSASHA256 2 1h 20210101000000 20201201235959 4660 a. qrs="),
            read(Type::rrsig, Class::in, "A 8 2 3600 1609459200 1606867199 4660 a qr s="));
  EXPECT_EQ(read(Type::cert, Class::in, "PKIX 1 RSASHA1 AQI="), read(Type::cert, Class::in, "1 1 5 AQI="));
  EXPECT_EQ(read(Type::https, Class::in, "1 . port=443 alpn=h2,h3"),
            read(Type::https, Class::in, "1 . alpn=\"h2,h3\" port=\"443\""));
  EXPECT_EQ(read(Type::svcb, Class::in, "1 . key7=x"), read(Type::svcb, Class::in, "1 . dohpath=\"x\""));
  EXPECT_EQ(read(Type::nsec, Class::in, "a. TYPE1 mx"), read(Type::nsec, Class::in, "a. MX A"));
  EXPECT_EQ(read(Type::nsap, Class::in, "0x47.0005.80"), "\x47\0\5\x80"s);
  EXPECT_EQ(read(Type::a, Class::ch, "a. 17"), "\1a\0\0\x0f"s);
}

TEST(DnsRdata, TextThatIsNoneIsRefusedWithItsReason) {
  struct Wrong {
    Type type;
    const char* text;
    const char* reason;
  };
  const Wrong wrongs[] = {
      {Type::a, "", "dns: something is missing at the end of a record"},
      {Type::a, "1.2.3", "dns: an address that is none"},
      {Type::a, "1.2.3.4 5", "dns: something too much at the end of a record"},
      {Type::aaaa, "::g", "dns: an address that is none"},
      {Type::mx, "65536 a", "dns: a number that is none, or too large"},
      {Type::mx, "-1 a", "dns: a number that is none, or too large"},
      {Type::mx, "10", "dns: something is missing at the end of a record"},
      {Type::mx, "10 a..b", "dns: an empty label"},
      {Type::txt, "", "dns: something is missing at the end of a record"},
      {Type::txt, "\"a", "dns: a quote without its end"},
      {Type::txt, "\\300", "dns: a string that is too long, or an escape that is none"},
      {Type::ds, "1 2 3 0", "dns: digits that are none"},
      {Type::ds, "1 8 1 ABCD", "dns: a digest of a wrong size"},
      {Type::dnskey, "256 3 8 AQ=", "dns: digits that are none"},
      {Type::dnskey, "256 3 8 AQ==AQ==", "dns: digits that are none"},
      {Type::dnskey, "256 3 8 AQ=AAAA=", "dns: digits that are none"},
      {Type::dnskey, "256 3 NOSUCH AQ==", "dns: a number that is none, or too large"},
      {Type::rrsig, "A 8 2 1 20211301000000 1 1 a AA==", "dns: a number that is none, or too large"},
      {Type::nsec, "a. NOSUCH", "dns: a word that is not known"},
      {Type::nsec, "a.", "dns: the data of a record ends early"},
      {Type::svcb, "1 . port=1 port=2", "dns: a service parameter that is none"},
      {Type::svcb, "1 . mandatory=port", "dns: a mandatory service parameter that is missing"},
      {Type::svcb, "1 . ipv4hint=", "dns: an address that is none"},
      {Type::svcb, "1 . nosuch=1", "dns: a service parameter that is none"},
      {Type::loc, "91 N 0 E 0m", "dns: a location that is none"},
      {Type::loc, "1 60 N 0 E 0m", "dns: a location that is none"},
      {Type::apl, "3:1.2.3.4/5", "dns: an address that is none"},
      {Type::apl, "1:1.2.3.4/33", "dns: a number that is none, or too large"},
      {Type::eui48, "00-00-5e-00-53", "dns: digits that are none"},
      {Type::nid, "1 1:2:3", "dns: digits that are none"},
      {Type::x25, "12a4", "dns: a string that is not what its type wants"},
      {Type::caa, "0 a-b c", "dns: a tag that is none"},
      {Type::amtrelay, "1 2 0 .", "dns: a number that is none, or too large"},
      {Type::nsec3, "1 0 1 - 0", "dns: digits that are none"},
  };
  for (const Wrong& wrong : wrongs)
    EXPECT_EQ(read(wrong.type, Class::in, wrong.text), wrong.reason) << wrong.text;
  EXPECT_EQ(read(Type::txt, Class::in, std::string(256, 'a')),
            "dns: a string that is too long, or an escape that is none");
  EXPECT_EQ(read(Type::txt, Class::in, std::string(255, 'a')).size(), 256U);
}

TEST(DnsRdata, WhatDoesNotFitIsAnErrorAtEverySize) {
  for (const Example& example : examples) {
    const std::size_t size = from_hex(example.hex).size();
    for (std::size_t room = 0; room < size; ++room) {
      EXPECT_EQ(read(*parse_type(example.type), *parse_class(example.cls), example.text, room),
                "dns: the data of a record is too large")
          << example.type << ' ' << room;
    }
  }
}

}  // namespace
}  // namespace evt::dns
