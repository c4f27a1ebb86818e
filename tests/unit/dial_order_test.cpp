/// Which address is tried first: the examples of RFC 6724 section 10.2, what the kernel says, families by turns, and
/// services by priority and weight.
#include "dial/order.hpp"
#include "dial/service_order.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace evt::detail {
namespace {

using Strings = std::vector<std::string>;

Address ip(std::string_view text) {
  return Address::parse_ip(text, 0).value();
}

Strings texts(const std::vector<Candidate>& candidates) {
  Strings text;
  for (const Candidate& candidate : candidates) {
    const std::string address = candidate.destination.to_string();
    text.push_back(address.substr(0, address.rfind(':')));
  }
  return text;
}

struct Example {
  const char* why;
  const char* first;
  const char* first_source;  // Null: none.
  const char* second;
  const char* second_source;
};

constexpr Example examples[] = {
    {"prefer matching scope", "2001:db8:1::1", "2001:db8:1::2", "198.51.100.121", "169.254.13.78"},
    {"prefer matching scope", "198.51.100.121", "198.51.100.117", "2001:db8:1::1", "fe80::1%1"},
    {"prefer higher precedence", "2001:db8:1::1", "2001:db8:1::2", "10.1.2.3", "10.1.2.4"},
    {"prefer smaller scope", "fe80::1%1", "fe80::2%1", "2001:db8:1::1", "2001:db8:1::2"},
    {"longest matching prefix", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:3ffe::1", "2001:db8:3f44::2"},
    {"prefer matching label", "2002:c633:6401::1", "2002:c633:6401::2", "2001:db8:1::1", "2002:c633:6401::2"},
    {"prefer higher precedence", "2001:db8:1::1", "2001:db8:1::2", "2002:c633:6401::1", "2002:c633:6401::2"},
    {"avoid unusable destinations", "192.0.2.1", "192.0.2.2", "2001:db8:1::1", nullptr},
    {"loopback of IPv6 first", "::1", "::1", "127.0.0.1", "127.0.0.1"},
    {"IPv4 before Teredo", "192.0.2.1", "192.0.2.2", "2001:0:1::1", "2001:0:1::2"},
    {"IPv4 before a unique local address", "192.0.2.1", "192.0.2.2", "fd00::1", "fd00::2"},
    {"a private address is global", "10.1.2.3", "10.1.2.4", "127.0.0.1", "10.1.2.4"},
};

Candidate candidate(const char* destination, const char* source) {
  Candidate made{ip(destination), std::nullopt};
  if (source != nullptr) made.source = ip(source);
  return made;
}

TEST(DialOrder, FollowsTheExamplesOfTheRfcWhateverTheOrderBefore) {
  for (const Example& example : examples) {
    const Candidate first = candidate(example.first, example.first_source);
    const Candidate second = candidate(example.second, example.second_source);
    for (std::vector<Candidate> both : {std::vector{first, second}, std::vector{second, first}}) {
      sort_candidates(both);
      EXPECT_EQ(both[0].destination, first.destination) << example.why << ": " << example.first;
    }
  }
}

TEST(DialOrder, LeavesEqualAddressesInTheirOrder) {
  std::vector<Candidate> candidates;
  for (const char* address : {"192.0.2.9", "192.0.2.1", "192.0.2.200"}) {
    candidates.push_back({ip(address), ip("192.0.2.2")});
  }
  sort_candidates(candidates);
  EXPECT_EQ(texts(candidates), (Strings{"192.0.2.9", "192.0.2.1", "192.0.2.200"}));
  // Behind the 64 bits of a prefix there is no nearness.
  candidates = {{ip("2001:db8::8:1"), ip("2001:db8::1")}, {ip("2001:db8::2"), ip("2001:db8::1")}};
  sort_candidates(candidates);
  EXPECT_EQ(texts(candidates), (Strings{"[2001:db8::8:1]", "[2001:db8::2]"}));
}

TEST(DialOrder, SortsFourThousandAddresses) {
  std::vector<Candidate> candidates;
  for (unsigned i = 0; i < 4000; ++i) {
    const bool six = i % 3 == 0;
    candidates.push_back({six ? ip("2001:db8::" + std::to_string(i)) : ip("192.0.2." + std::to_string(i % 250)),
                          six ? ip("2001:db8::1") : ip("192.0.2.1")});
  }
  sort_candidates(candidates);
  ASSERT_EQ(candidates.size(), 4000U);
  EXPECT_EQ(candidates.front().destination, ip("2001:db8::0"));
  EXPECT_EQ(candidates.back().destination.family(), AF_INET);
}

TEST(DialOrder, FamiliesTakeTurns) {
  std::vector<Candidate> candidates;
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2"}) {
    candidates.push_back({ip(address), std::nullopt});
  }
  std::vector<Candidate> taken;
  for (int family = AF_UNSPEC; !candidates.empty(); family = taken.back().destination.family()) {
    taken.push_back(take_next(candidates, family));
  }
  EXPECT_EQ(texts(taken), (Strings{"[2001:db8::1]", "192.0.2.1", "[2001:db8::2]", "192.0.2.2", "[2001:db8::3]"}));
}

TEST(DialOrder, TheKernelSaysWhereAPacketWouldComeFrom) {
  EXPECT_EQ(source_of(ip("127.0.0.7").with_port(80)), ip("127.0.0.1"));
  EXPECT_EQ(source_of(ip("127.0.0.7")), ip("127.0.0.1"));
  EXPECT_FALSE(source_of(Address()));
}

ServiceRecord record(std::uint16_t priority, std::uint16_t weight, const char* target) {
  return {.priority = priority, .weight = weight, .port = 80, .target = target};
}

TEST(DialServices, LowerPrioritiesComeFirst) {
  std::vector<ServiceRecord> records{record(20, 0, "c"), record(0, 1, "a"), record(10, 65535, "b")};
  sort_services(records, random_up_to);
  EXPECT_EQ(records[0].target + records[1].target + records[2].target, "abc");
}

TEST(DialServices, WeightsAreChances) {
  std::map<std::string, int> first;
  for (int round = 0; round < 4000; ++round) {
    std::vector<ServiceRecord> records{record(1, 75, "heavy"), record(1, 25, "light"), record(1, 0, "none")};
    sort_services(records, random_up_to);
    ++first[records[0].target];
  }
  EXPECT_NEAR(first["heavy"], 3000, 200);
  EXPECT_NEAR(first["light"], 1000, 200);
  EXPECT_LT(first["none"], 150);
  EXPECT_GT(first["none"], 0);
}

TEST(DialServices, NoneAndEqualOnesAreNoProblem) {
  std::vector<ServiceRecord> records;
  sort_services(records, random_up_to);
  records.assign(100, record(0, 0, "x"));
  sort_services(records, random_up_to);
  EXPECT_EQ(records.size(), 100U);
}

}  // namespace
}  // namespace evt::detail
