/// Numbers of DNS and their words, both ways.
#include <evt/dns/type.hpp>

#include <gtest/gtest.h>

namespace evt::dns {
namespace {

TEST(DnsType, EveryNumberSurvivesItsText) {
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const Type type{static_cast<std::uint16_t>(number)};
    EXPECT_EQ(parse_type(text_of(type)), type);
    const Class value{static_cast<std::uint16_t>(number)};
    EXPECT_EQ(parse_class(text_of(value)), value);
  }
}

TEST(DnsType, IsReadInAnyCaseAndByNumber) {
  EXPECT_EQ(parse_type("aaaa"), Type::aaaa);
  EXPECT_EQ(parse_type("Nsap-Ptr"), Type::nsap_ptr);
  EXPECT_EQ(parse_type("type28"), Type::aaaa);
  EXPECT_EQ(parse_class("ch"), Class::ch);
  EXPECT_EQ(parse_class("CHAOS"), Class::ch);
  EXPECT_EQ(parse_class("class255"), Class::any);
}

TEST(DnsType, WhatIsNoneIsRefused) {
  for (const char* text : {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "AAAAA", "TYPE 1", "28"}) {
    EXPECT_FALSE(parse_type(text)) << text;
  }
  for (const char* text : {"", "CLASS", "CLASS65536", "I", "INN", "1"})
    EXPECT_FALSE(parse_class(text)) << text;
}

TEST(DnsType, WordsAreThoseOfDig) {
  EXPECT_EQ(text_of(Type::nsap_ptr), "NSAP-PTR");
  EXPECT_EQ(text_of(Type{65280}), "TYPE65280");
  EXPECT_EQ(text_of(Type::dlv), "DLV");
  EXPECT_EQ(text_of(Class::in), "IN");
  EXPECT_EQ(text_of(Class{7}), "CLASS7");
  EXPECT_EQ(text_of(Opcode::update), "UPDATE");
  EXPECT_EQ(text_of(Opcode{9}), "RESERVED9");
  EXPECT_EQ(text_of(Rcode::badvers), "BADVERS");
  EXPECT_EQ(text_of(Rcode::badcookie), "BADCOOKIE");
  EXPECT_EQ(text_of(Rcode{12}), "RESERVED12");
  EXPECT_EQ(text_of(Rcode{17}), "17");
  EXPECT_EQ(text_of(Rcode{4000}), "4000");
}

}  // namespace
}  // namespace evt::dns
