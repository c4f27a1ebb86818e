/// Domain names: read from text with every escape, printed as dig does, compared in any case.
#include <evt/dns/name.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace evt::dns {
namespace {

std::string round_trip(std::string_view text) {
  auto name = Name::parse(text);
  return name ? name->text() : name.error().operation;
}

std::string wire_of(const Name& name) {
  auto wire = name.wire();
  return {reinterpret_cast<const char*>(wire.data()), wire.size()};
}

TEST(DnsName, IsReadIntoLabels) {
  auto name = Name::parse("www.Example.com");
  ASSERT_TRUE(name);
  EXPECT_EQ(wire_of(*name), std::string("\3www\7Example\3com\0", 17));
  EXPECT_EQ(name->label_count(), 3U);
  EXPECT_EQ(name->label(1), "Example");
  EXPECT_EQ(name->label(3), "");
  EXPECT_FALSE(name->is_root());
}

TEST(DnsName, ADotAtTheEndMakesNoDifference) {
  EXPECT_EQ(round_trip("a.example"), "a.example.");
  EXPECT_EQ(round_trip("a.example."), "a.example.");
}

TEST(DnsName, OfOneDotIsTheRoot) {
  auto root = Name::parse(".");
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->is_root());
  EXPECT_EQ(root->label_count(), 0U);
  EXPECT_EQ(root->text(), ".");
  EXPECT_EQ(*root, Name());
}

TEST(DnsName, EscapesAreUndoneAndMadeAgain) {
  EXPECT_EQ(round_trip("a\\.b.example"), "a\\.b.example.");
  EXPECT_EQ(round_trip("\\097.example"), "a.example.");
  EXPECT_EQ(round_trip("a b.example"), "a\\032b.example.");
  EXPECT_EQ(round_trip("\\000\\255.example"), "\\000\\255.example.");
  EXPECT_EQ(round_trip("\xc3\xa4.example"), "\\195\\164.example.");
  EXPECT_EQ(round_trip("\\e\x7f\x1b.example"), "e\\127\\027.example.");
  EXPECT_EQ(round_trip("_x-y*.example"), "_x-y*.example.");
  EXPECT_EQ(round_trip("\"$();@\\\\.example"), "\\\"\\$\\(\\)\\;\\@\\\\.example.");
}

TEST(DnsName, WhatIsNoneIsRefusedWithItsReason) {
  EXPECT_EQ(round_trip(""), "dns: an empty name");
  EXPECT_EQ(round_trip(".."), "dns: an empty label");
  EXPECT_EQ(round_trip(".example"), "dns: an empty label");
  EXPECT_EQ(round_trip("a..example"), "dns: an empty label");
  EXPECT_EQ(round_trip("a.example.."), "dns: an empty label");
  for (const char* text : {"a\\", "\\1", "\\12x", "\\256.example", "\\999"}) {
    EXPECT_EQ(round_trip(text), "dns: an escape that is none") << text;
  }
}

TEST(DnsName, ALabelHas63OctetsAtMost) {
  EXPECT_EQ(round_trip(std::string(63, 'a')), std::string(63, 'a') + '.');
  EXPECT_EQ(round_trip(std::string(64, 'a')), "dns: a label of more than 63 octets");
  EXPECT_EQ(round_trip(std::string(63, 'a') + "\\000"), "dns: a label of more than 63 octets");
}

TEST(DnsName, HasAtMost255Octets) {
  const std::string label(63, 'a');
  const std::string three = label + '.' + label + '.' + label + '.';
  EXPECT_EQ(round_trip(three + std::string(61, 'b')), three + std::string(61, 'b') + '.');
  EXPECT_EQ(round_trip(three + std::string(62, 'b')), "dns: a name of more than 255 octets");
  std::string labels;
  for (int i = 0; i < 127; ++i)
    labels += "a.";
  EXPECT_EQ(round_trip(labels), labels);
  EXPECT_EQ(round_trip(labels + "a."), "dns: a name of more than 255 octets");
}

TEST(DnsName, IsJoinedAsFarAsThereIsRoom) {
  auto name = Name::parse("a.b");
  auto suffix = Name::parse("example.com");
  ASSERT_TRUE(name && suffix);
  auto joined = name->join(*suffix);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->text(), "a.b.example.com.");
  EXPECT_EQ(name->join(Name())->text(), "a.b.");
  auto whole = *joined;
  for (auto longer = whole.join(*joined); longer; longer = whole.join(*joined))
    whole = *longer;
  EXPECT_EQ(whole.wire().size(), 241U);
  EXPECT_EQ(whole.join(*joined).error(), std::errc::invalid_argument);
}

TEST(DnsName, EqualsInAnyCaseAndHashesAlike) {
  auto lower = Name::parse("www.example.com");
  auto mixed = Name::parse("WwW.eXample.COM");
  auto other = Name::parse("www.example.org");
  ASSERT_TRUE(lower && mixed && other);
  EXPECT_EQ(*lower, *mixed);
  EXPECT_EQ(lower->hash(), mixed->hash());
  EXPECT_FALSE(lower->identical(*mixed));
  EXPECT_NE(*lower, *other);
  EXPECT_NE(*Name::parse("a\\[b"), *Name::parse("a\\{b"));
}

TEST(DnsName, EndsWithItsParentsAndItselfOnly) {
  auto name = Name::parse("a.bexample.com");
  ASSERT_TRUE(name);
  EXPECT_TRUE(name->ends_with(*Name::parse("A.bexample.COM")));
  EXPECT_TRUE(name->ends_with(*Name::parse("com")));
  EXPECT_TRUE(name->ends_with(Name()));
  EXPECT_FALSE(name->ends_with(*Name::parse("example.com")));
  EXPECT_FALSE(name->ends_with(*Name::parse("x.a.bexample.com")));
  EXPECT_FALSE(Name().ends_with(*name));
  EXPECT_EQ(name->parent().text(), "bexample.com.");
  EXPECT_EQ(Name().parent(), Name());
}

TEST(DnsName, ComesFromTheWireOnlyIfItIsAllOfIt) {
  auto from = [](std::string_view octets) { return Name::from_wire(std::as_bytes(std::span(octets))); };
  using namespace std::string_view_literals;
  EXPECT_EQ(from("\1a\0"sv)->text(), "a.");
  EXPECT_EQ(from("\1a\0\0"sv).error(), std::errc::bad_message);
  EXPECT_EQ(from("\1a"sv).error(), std::errc::bad_message);
  EXPECT_EQ(from("\1a\xc0\0"sv).error(), std::errc::bad_message);
  EXPECT_EQ(from(""sv).error(), std::errc::bad_message);
}

TEST(DnsName, HasItsCaseMixedByBitsAndStaysTheSame) {
  auto name = Name::parse("aB3.cD");
  ASSERT_TRUE(name);
  Name mixed = *name;
  std::array<std::byte, 32> bits{};
  bits[0] = std::byte{0b0010'0010};
  mixed.mix_case(bits);
  EXPECT_EQ(mixed.text(), "Ab3.Cd.");
  EXPECT_EQ(mixed, *name);
}

}  // namespace
}  // namespace evt::dns
