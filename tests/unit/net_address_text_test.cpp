/// Address as text: what is printed is read back as the same address, and nothing else is read at all.
#include <evt/address.hpp>

#include <gtest/gtest.h>

#include <net/if.h>

#include <cerrno>
#include <random>
#include <string>

namespace evt {
namespace {

int errno_of(const Result<Address>& address) {
  return address ? 0 : address.error().system_errno();
}

std::string reprinted(std::string_view text) {
  auto address = Address::parse(text);
  return address ? address->to_string() : address.error().message();
}

TEST(AddressText, OfIpv4IsADottedQuadAndAPort) {
  EXPECT_EQ(Address::parse("127.0.0.1:80"), Address::loopback_ipv4(80));
  EXPECT_EQ(Address::parse("0.0.0.0:0"), Address::any_ipv4(0));
  EXPECT_EQ(reprinted("255.255.255.255:65535"), "255.255.255.255:65535");
}

TEST(AddressText, OfIpv6IsInBrackets) {
  EXPECT_EQ(Address::parse("[::1]:80"), Address::loopback_ipv6(80));
  EXPECT_EQ(Address::parse("[::]:0"), Address::any_ipv6(0));
  EXPECT_EQ(Address::parse("[fe80::1%2]:53")->scope(), 2U);
  EXPECT_EQ(reprinted("[fe80::1%4294967295]:53"), "[fe80::1%4294967295]:53");
}

TEST(AddressText, OfAnInterfaceByNameIsPrintedByNumber) {
  const unsigned loopback = if_nametoindex("lo");
  if (loopback == 0) GTEST_SKIP() << "no loopback interface here";
  EXPECT_EQ(reprinted("[::1%lo]:80"), "[::1%" + std::to_string(loopback) + "]:80");
}

// RFC 5952, section by section: leading zeros (4.1), the longest run (4.2), the first of equals, never a single
// group (4.2.2), lower case (4.3), an embedded IPv4 address (5), brackets before a port (6).
TEST(AddressText, OfIpv6FollowsRfc5952) {
  EXPECT_EQ(reprinted("[2001:0db8::0001]:1"), "[2001:db8::1]:1");
  EXPECT_EQ(reprinted("[2001:db8:0:0:0:0:2:1]:1"), "[2001:db8::2:1]:1");
  EXPECT_EQ(reprinted("[2001:db8:0:1:1:1:1:1]:1"), "[2001:db8:0:1:1:1:1:1]:1");
  EXPECT_EQ(reprinted("[2001:0:0:1:0:0:0:1]:1"), "[2001:0:0:1::1]:1");
  EXPECT_EQ(reprinted("[2001:db8:0:0:1:0:0:1]:1"), "[2001:db8::1:0:0:1]:1");
  EXPECT_EQ(reprinted("[2001:DB8::ABCD]:1"), "[2001:db8::abcd]:1");
  EXPECT_EQ(reprinted("[::ffff:c000:201]:1"), "[::ffff:192.0.2.1]:1");
  EXPECT_EQ(reprinted("[::ffff:192.0.2.1]:1"), "[::ffff:192.0.2.1]:1");
}

TEST(AddressText, OfAUnixSocketIsAPathOrAnAbstractName) {
  EXPECT_EQ(Address::parse("unix:/run/x"), *Address::unix_path("/run/x"));
  EXPECT_EQ(Address::parse("unix:x y:z"), *Address::unix_path("x y:z"));
  EXPECT_EQ(Address::parse("unix:@x"), *Address::unix_abstract("x"));
  EXPECT_EQ(Address::parse("unix:@"), *Address::unix_abstract(""));
  EXPECT_EQ(Address::parse("unix:@@x"), *Address::unix_abstract("@x"));
}

TEST(AddressText, EscapesWhatCannotBePrinted) {
  EXPECT_EQ(Address::unix_abstract(std::string_view("a\0\n\\", 4))->to_string(), R"(unix:@a\x00\x0a\\)");
  EXPECT_EQ(Address::unix_path("@x\x7f")->to_string(), R"(unix:\x40x\x7f)");
  EXPECT_EQ(Address::unix_path("/tmp/\u00fc")->to_string(), "unix:/tmp/\u00fc");
  EXPECT_EQ(Address::parse(R"(unix:\x2Ftmp\\x)"), *Address::unix_path(R"(/tmp\x)"));
}

TEST(AddressText, OfUnixNamesOfAnyBytesIsReadBack) {
  std::mt19937 random(5952);
  for (int i = 0; i < 2000; ++i) {
    std::string name(random() % 108, '\0');
    for (char& byte : name)
      byte = static_cast<char>(random());
    auto address = Address::unix_abstract(name);
    ASSERT_TRUE(address);
    ASSERT_EQ(Address::parse(address->to_string()), *address) << address->to_string();
    std::erase(name, '\0');
    auto path = Address::unix_path('@' + name);
    ASSERT_EQ(Address::parse(path->to_string()), *path) << path->to_string();
  }
}

TEST(AddressText, OfAnyIpv6AddressIsReadBack) {
  std::mt19937 random(5952);
  for (int i = 0; i < 5000; ++i) {
    in6_addr bytes;
    for (std::size_t group = 0; group < 8; ++group) {
      const bool zero = random() % 2 == 0;
      bytes.s6_addr[2 * group] = zero ? 0 : static_cast<std::uint8_t>(random());
      bytes.s6_addr[2 * group + 1] = zero ? 0 : static_cast<std::uint8_t>(random());
    }
    Address address =
        Address::ipv6(bytes, static_cast<std::uint16_t>(random())).with_scope(static_cast<std::uint32_t>(random() % 3));
    ASSERT_EQ(Address::parse(address.to_string()), address) << address.to_string();
  }
}

TEST(AddressText, RefusesWhatIsNotExactlyAnAddress) {
  for (std::string_view text : {"",
                                ":",
                                ":80",
                                "127.0.0.1",
                                "127.0.0.1:",
                                "127.0.0.1: 80",
                                " 127.0.0.1:80",
                                "127.0.0.1:80 ",
                                "127.0.0.1:+80",
                                "127.0.0.1:-1",
                                "127.0.0.1:65536",
                                "127.0.0.1:080",
                                "127.0.0.1:00",
                                "127.0.0.1:0x50",
                                "127.0.0.1:http",
                                "127.0.0.1:99999999999999999999",
                                "127.1:80",
                                "127.0.0.01:80",
                                "256.0.0.1:80",
                                "1.2.3.4.5:80",
                                "0x7f.0.0.1:80",
                                "127.0.0.1%lo:80",
                                "localhost:80",
                                "*:80",
                                "[127.0.0.1]:80",
                                "::1",
                                "::1:80",
                                "[::1]",
                                "[::1]80",
                                "[::1]:",
                                "[::1:80",
                                "::1]:80",
                                "[[::1]]:80",
                                "[]:80",
                                "[:]:80",
                                "[:::]:80",
                                "[::1::]:80",
                                "[1:2:3:4:5:6:7]:80",
                                "[1:2:3:4:5:6:7:8:9]:80",
                                "[12345::]:80",
                                "[g::]:80",
                                "[::1%]:80",
                                "[::1%0]:80",
                                "[::1%01]:80",

                                "[::1%4294967296]:80",
                                "[::1%a-name-of-16-byt]:80",
                                "[%lo]:80",
                                "[::1 ]:80",
                                "[::1%lo",
                                "unix",
                                "unix:",
                                "Unix:/x",
                                "unix//x",
                                "/run/x",
                                "@x",
                                "unix:\\x",
                                "unix:\\x4",
                                "unix:\\x4g",
                                "unix:\\xg4",
                                "unix:\\x+4",
                                "unix:a\\",
                                "unix:\\n",
                                "unix:a\\x00b",
                                "none",
                                "family 16"}) {
    EXPECT_EQ(errno_of(Address::parse(text)), EINVAL) << '"' << text << '"';
  }
  EXPECT_EQ(errno_of(Address::parse(std::string_view("127.0.0.1\0:80", 13))), EINVAL);
  EXPECT_EQ(errno_of(Address::parse(std::string_view("127.0.0.1:80\0", 13))), EINVAL);
  EXPECT_EQ(errno_of(Address::parse(std::string_view("[::1%lo\0]:80", 12))), EINVAL);
  EXPECT_EQ(errno_of(Address::parse(std::string_view("unix:@a\0", 8))), EINVAL);
}

TEST(AddressText, SaysWhyAGoodFormIsRefused) {
  EXPECT_EQ(errno_of(Address::parse("[fe80::1%no-such-if]:80")), ENODEV);
  EXPECT_EQ(errno_of(Address::parse("unix:" + std::string(109, 'p'))), ENAMETOOLONG);
  EXPECT_EQ(errno_of(Address::parse("unix:" + std::string(5000, 'p'))), ENAMETOOLONG);
  EXPECT_EQ(errno_of(Address::parse("unix:@" + std::string(108, 'p'))), ENAMETOOLONG);
  EXPECT_EQ(errno_of(Address::parse(std::string(5000, '1'))), EINVAL);
  EXPECT_EQ(errno_of(Address::parse(std::string(5000, '1') + ":80")), EINVAL);
}

TEST(AddressText, OfAnAddressAloneTakesNoPortAndNoBrackets) {
  EXPECT_EQ(Address::parse_ip("127.0.0.1", 80), Address::loopback_ipv4(80));
  EXPECT_EQ(Address::parse_ip("::1", 80), Address::loopback_ipv6(80));
  EXPECT_EQ(Address::parse_ip("fe80::1%3", 80)->scope(), 3U);
  for (std::string_view text : {"", "127.0.0.1:80", "[::1]", "localhost", "1.2.3.4%3", "::1%", "%3"}) {
    EXPECT_EQ(errno_of(Address::parse_ip(text, 80)), EINVAL) << '"' << text << '"';
  }
}

TEST(AddressText, SaysWhatHasNoAddress) {
  EXPECT_EQ(Address().to_string(), "none");
  sockaddr foreign{};
  foreign.sa_family = AF_NETLINK;
  EXPECT_EQ(Address::copy_of(&foreign, sizeof foreign)->to_string(), "family 16");
}

TEST(AddressText, OfAnIpAddressAloneHasNeitherPortNorBrackets) {
  for (const char* text : {"192.0.2.1", "2001:db8::1", "fe80::1%1"})
    EXPECT_EQ(Address::parse_ip(text, 53)->ip_to_string(), text);
  EXPECT_EQ(Address::unix_path("/x")->ip_to_string(), "unix:/x");
}

}  // namespace
}  // namespace evt
