/// Names and messages of DNS: built, parsed and walked without an allocation; text allocates for its string only.
#include "contract/allocation/counting.hpp"
#include <evt/dns/build.hpp>
#include <evt/dns/rdata.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace evt::contract {
namespace {

/// One question, answered and read. The bytes of its text.
std::size_t round(std::string& text) {
  std::array<std::byte, 512> buffer;
  std::array<std::byte, 64> data;
  dns::Builder builder(buffer, {.id = 1, .response = true});
  auto name = dns::Name::parse("www.example.com");
  auto suffix = dns::Name::parse("example.net");
  auto address = dns::parse_rdata(dns::Type::a, dns::Class::in, "192.0.2.1", data);
  builder.question(*name, dns::Type::a);
  builder.record(dns::Section::answer, *name, {.type = dns::Type::a, .ttl = 300}, *address);
  auto service = dns::parse_rdata(dns::Type::https, dns::Class::in, "1 . port=443 alpn=h2,h3 mandatory=port", data);
  builder.record(dns::Section::answer, *name->join(*suffix), {.type = dns::Type::https, .ttl = 300}, *service);
  builder.edns({});
  builder.nsid();
  auto message = dns::Message::parse(*builder.finish());
  text.clear();
  for (const dns::Record& record : message->answers()) {
    append_record(text, record);
    if (auto found = record.address(53)) text += static_cast<char>('0' + found->port() % 10);
    if (auto target = record.target()) target->append_text(text);
  }
  for (const dns::Option& option : message->edns()->options)
    text += static_cast<char>('0' + option.data.size());
  return text.size();
}

TEST(DnsCodecAllocation, NamesAndMessagesAllocateNothing) {
  std::string text;
  text.reserve(4096);
  ASSERT_GT(round(text), 50U);
  const std::uint64_t allocated = count_allocations();
  for (int i = 0; i < 1000; ++i)
    round(text);
  EXPECT_EQ(count_allocations() - allocated, 0U);
  EXPECT_GT(allocated, 0U) << "nothing was counted at all";
}

}  // namespace
}  // namespace evt::contract
