/// dns::Hosts and HostsFile, special names, services and internationalized names.
#include <evt/dns/hosts.hpp>
#include <evt/dns/idn.hpp>
#include <evt/dns/services.hpp>
#include <evt/dns/special_name.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace evt::dns {
namespace {

using Strings = std::vector<std::string>;
using std::chrono::milliseconds;

Strings found(const Hosts& hosts, std::string_view name, int family = AF_UNSPEC) {
  Strings text;
  for (const Address& address : hosts.find(name, family))
    text.push_back(address.to_string());
  return text;
}

constexpr std::string_view example =
    "# comment\n"
    "127.0.0.1\tlocalhost\n"
    "::1 localhost ip6-localhost # ours\n"
    "192.0.2.1 www.example www WWW2\r\n"
    "2001:db8::1 www.example\n"
    "192.0.2.2 www.example\n"
    "192.0.2.1 www.example again\n"
    "fe80::1%3 link.example.\n"
    "nonsense www.example\n"
    "192.0.2.9\n"
    "192.0.2.10 last";

TEST(DnsHosts, FindsAllAddressesOfANameInTheOrderOfTheFile) {
  const Hosts hosts = Hosts::parse(example);
  EXPECT_EQ(found(hosts, "www.example"), (Strings{"192.0.2.1:0", "[2001:db8::1]:0", "192.0.2.2:0"}));
  EXPECT_EQ(found(hosts, "www.example", AF_INET), (Strings{"192.0.2.1:0", "192.0.2.2:0"}));
  EXPECT_EQ(found(hosts, "www.example", AF_INET6), (Strings{"[2001:db8::1]:0"}));
  EXPECT_EQ(found(hosts, "localhost"), (Strings{"127.0.0.1:0", "[::1]:0"}));
  EXPECT_EQ(found(hosts, "last"), Strings{"192.0.2.10:0"});
  EXPECT_EQ(hosts.size(), 8U);
}

TEST(DnsHosts, ComparesNamesWithoutCaseAndWithoutTheLastDot) {
  const Hosts hosts = Hosts::parse(example);
  EXPECT_EQ(found(hosts, "wWw2"), Strings{"192.0.2.1:0"});
  EXPECT_EQ(found(hosts, "Link.Example"), Strings{"[fe80::1%3]:0"});
  EXPECT_EQ(found(hosts, "LINK.example."), Strings{"[fe80::1%3]:0"});
  for (const char* name : {"", ".", "exam", "www.example.org", "nonsense", "comment"}) {
    EXPECT_FALSE(hosts.contains(name)) << name;
  }
}

TEST(DnsHosts, KnowsTheNameOfAnAliasAndOfAnAddress) {
  const Hosts hosts = Hosts::parse(example);
  EXPECT_EQ(hosts.canonical_name("WWW"), "www.example");
  EXPECT_EQ(hosts.canonical_name("ip6-localhost"), "localhost");
  EXPECT_EQ(hosts.canonical_name("nobody"), "");
  EXPECT_EQ(hosts.name_of(*Address::parse("192.0.2.1:80")), "www.example");
  EXPECT_EQ(hosts.name_of(*Address::parse("[fe80::1%3]:1")), "link.example");
  EXPECT_EQ(hosts.name_of(*Address::parse("[fe80::1%4]:1")), "");
}

TEST(DnsHosts, TakesAnyText) {
  std::string text = "192.0.2.1 " + std::string(102'400, 'x') + "\n" + std::string("1.1.1.1 a\0b\n", 12) + "\xff\xfe\n";
  text += "\xef\xbb\xbf";
  const Hosts hosts = Hosts::parse(text);
  EXPECT_TRUE(hosts.contains("a"));
  EXPECT_FALSE(hosts.contains("b"));
  EXPECT_EQ(Hosts::parse("").size(), 0U);
  EXPECT_EQ(found(Hosts::parse("\xef\xbb\xbf"
                               "1.1.1.1 a"),
                  "a"),
            Strings{"1.1.1.1:0"});
  const Hosts copy = hosts;  // NOLINT(performance-unnecessary-copy-initialization): that is what is tested.
  EXPECT_TRUE(copy.contains("a"));
}

TEST(DnsHosts, AFileIsReadAgainWhenItChangedAndASecondHasPassed) {
  const std::string path = testing::TempDir() + "evt_hosts";
  std::ofstream(path) << "192.0.2.1 a\n";
  HostsFile file(path);
  EXPECT_TRUE(file.at(milliseconds{0}).contains("a"));
  std::ofstream(path + "2") << "192.0.2.1 b\n";
  ASSERT_EQ(std::rename((path + "2").c_str(), path.c_str()), 0);
  EXPECT_TRUE(file.at(milliseconds{999}).contains("a"));
  EXPECT_TRUE(file.at(milliseconds{1000}).contains("b"));
  std::ofstream(path, std::ios::app) << "192.0.2.2 c\n";
  EXPECT_TRUE(file.at(milliseconds{2000}).contains("c"));
  ASSERT_EQ(std::remove(path.c_str()), 0);
  EXPECT_EQ(file.at(milliseconds{3000}).size(), 0U);
  EXPECT_EQ(HostsFile("/nowhere/hosts").at(milliseconds{0}).size(), 0U);
}

TEST(DnsSpecialName, OfThisMachineAndOfNobody) {
  for (const char* name : {"localhost", "LocalHost.", "a.b.localhost"}) {
    EXPECT_EQ(special_name(name), SpecialName::loopback) << name;
  }
  for (const char* name : {"invalid", "x.INVALID.", "abc.onion"})
    EXPECT_EQ(special_name(name), SpecialName::missing) << name;
  for (const char* name : {"", ".", "..", "localhost.example", "mylocalhost", "onions", "invalid.example"}) {
    EXPECT_EQ(special_name(name), SpecialName::none) << name;
  }
}

TEST(DnsServices, AreFoundByNameAliasAndProtocol) {
  constexpr std::string_view text =
      "# x\nhttp 80/tcp www web # WorldWideWeb\ndomain\t53/udp\ndomain 54/tcp\r\nbad 99999/tcp\nx\n";
  EXPECT_EQ(service_port(text, {"http"}), 80);
  EXPECT_EQ(service_port(text, {"web"}), 80);
  EXPECT_EQ(service_port(text, {"domain"}), 54);
  EXPECT_EQ(service_port(text, {"domain", "udp"}), 53);
  for (const char* name : {"", "bad", "x", "WorldWideWeb", "HTTP", "80/tcp"})
    EXPECT_FALSE(service_port(text, {name})) << name;
  EXPECT_EQ(service_port({"https"}), 443);
  EXPECT_FALSE(service_port({"no-such-service"}));
}

TEST(DnsIdn, TurnsUtf8IntoWhatIsAsked) {
  EXPECT_EQ(*to_ascii("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(*to_ascii("BÜCHER.Example"), "xn--bcher-kva.example");
  EXPECT_EQ(*to_ascii("faß.de"), "xn--fa-hia.de");
  EXPECT_EQ(*to_ascii("日本語。jp"), "xn--wgv71a119e.jp");
  EXPECT_EQ(*to_ascii("_sip._tcp.bücher.example"), "_sip._tcp.xn--bcher-kva.example");
  EXPECT_EQ(*to_ascii("bücher.example."), "xn--bcher-kva.example.");
}

TEST(DnsIdn, LeavesAsciiAlone) {
  for (const char* name : {"", ".", "A_b.Example", "-x-.ab--cd", "a b", "xn--zzzzzzzz99"})
    EXPECT_EQ(*to_ascii(name), name);
}

TEST(DnsIdn, RefusesWhatIsNoName) {
  EXPECT_EQ(to_ascii("\xff.example").error(), std::errc::illegal_byte_sequence);
  EXPECT_EQ(to_ascii(std::string_view("ü\0x", 4)).error(), std::errc::illegal_byte_sequence);
  std::string long_label = "ü";
  long_label.append(70, 'x');
  EXPECT_EQ(to_ascii(long_label).error(), std::errc::filename_too_long);
}

}  // namespace
}  // namespace evt::dns
