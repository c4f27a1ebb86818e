/// dns::Config: resolv.conf(5) as people and programs write it, whole or damaged.
#include <evt/dns/config.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>

namespace evt::dns {
namespace {

using Strings = std::vector<std::string>;
using std::chrono::seconds;

Strings servers_of(const Config& config) {
  Strings text;
  for (const Address& server : config.servers)
    text.push_back(server.to_string());
  return text;
}

const Strings loopback{"127.0.0.1:53"};

TEST(DnsConfig, OfNothingAsksThisMachine) {
  const Config config = Config::parse("");
  EXPECT_EQ(servers_of(config), loopback);
  EXPECT_TRUE(config.search.empty());
  EXPECT_EQ(config.ndots, 1U);
  EXPECT_EQ(config.timeout, seconds{5});
  EXPECT_EQ(config.attempts, 2U);
  EXPECT_EQ(servers_of(Config::load("/nowhere/resolv.conf")), loopback);
  EXPECT_EQ(servers_of(Config::load("/")), loopback);
}

TEST(DnsConfig, HasServersOfBothFamiliesWithAnInterface) {
  const Config config = Config::parse("nameserver 192.0.2.1\nnameserver\t2001:db8::1 # ours\nnameserver fe80::1%7;\n");
  EXPECT_EQ(servers_of(config), (Strings{"192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%7]:53"}));
}

TEST(DnsConfig, TakesTheFirstThreeServers) {
  const Config config =
      Config::parse("nameserver 1.1.1.1\nnameserver x\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4");
  EXPECT_EQ(servers_of(config), (Strings{"1.1.1.1:53", "2.2.2.2:53", "3.3.3.3:53"}));
}

TEST(DnsConfig, TakesAnInterfaceByNameAndTheShortFormsOfIpv4) {
  const Config config = Config::parse("nameserver fe80::1%lo\nnameserver 127.1\nnameserver fe80::1%nosuchif0");
  EXPECT_EQ(servers_of(config), (Strings{"[fe80::1%1]:53", "127.0.0.1:53"}));
}

TEST(DnsConfig, TheLastOfSearchAndDomainCounts) {
  EXPECT_EQ(Config::parse("search a.example b.example.\n").search, (Strings{"a.example", "b.example"}));
  EXPECT_EQ(Config::parse("search a.example\ndomain b.example c.example\n").search, Strings{"b.example"});
  EXPECT_EQ(Config::parse("domain b.example\nsearch a.example c.example\n").search,
            (Strings{"a.example", "c.example"}));
  EXPECT_EQ(Config::parse("search a.example\nsearch\ndomain \n").search, Strings{"a.example"});
  EXPECT_EQ(Config::parse("search . # the root\n").search, Strings{"."});
}

TEST(DnsConfig, SearchListsAreAsLongAsTheyAre) {
  std::string text = "search";
  for (int i = 0; i < 300; ++i)
    text += " d" + std::to_string(i) + ".example";
  EXPECT_EQ(Config::parse(text).search.size(), 300U);
}

TEST(DnsConfig, HasEveryOption) {
  const Config config = Config::parse(
      "options ndots:3 timeout:7 attempts:4 rotate use-vc edns0\n"
      "options trust-ad no-aaaa single-request single-request-reopen no-tld-query no-reload debug inet6\n");
  EXPECT_EQ(config.ndots, 3U);
  EXPECT_EQ(config.timeout, seconds{7});
  EXPECT_EQ(config.attempts, 4U);
  for (bool Config::* flag :
       {&Config::rotate, &Config::use_vc, &Config::edns0, &Config::trust_ad, &Config::no_aaaa, &Config::single_request,
        &Config::single_request_reopen, &Config::no_tld_query, &Config::no_reload}) {
    EXPECT_TRUE(config.*flag);
    EXPECT_FALSE(Config{}.*flag);
  }
}

TEST(DnsConfig, NumbersHaveGlibcsLimits) {
  const Config most = Config::parse("options ndots:99 timeout:4000 attempts:99999999999999999999");
  EXPECT_EQ(most.ndots, 15U);
  EXPECT_EQ(most.timeout, seconds{30});
  EXPECT_EQ(most.attempts, 5U);
  const Config least = Config::parse("options ndots:0 timeout:0 attempts:0");
  EXPECT_EQ(least.ndots, 0U);
  EXPECT_EQ(least.timeout, seconds{1});
  EXPECT_EQ(least.attempts, 1U);
  const Config none = Config::parse("options ndots: timeout:x attempts:-1 ndots timeout");
  EXPECT_EQ(none.ndots, 1U);
  EXPECT_EQ(none.timeout, seconds{5});
  EXPECT_EQ(none.attempts, 2U);
}

TEST(DnsConfig, LinesMayEndAsElsewhereOrNotAtAll) {
  const Config config = Config::parse("\xef\xbb\xbfsearch a.example\r\noptions ndots:2\r\nnameserver 192.0.2.1\r");
  EXPECT_EQ(servers_of(config), Strings{"192.0.2.1:53"});
  EXPECT_EQ(config.search, Strings{"a.example"});
  EXPECT_EQ(config.ndots, 2U);
}

TEST(DnsConfig, LeavesOutWhatMakesNoSense) {
  const Config config = Config::parse(
      "; nameserver 9.9.9.1\n# nameserver 9.9.9.2\n nameserver 9.9.9.3\nNAMESERVER 9.9.9.4\nnameserver9.9.9.5\n"
      "nameserver\nnameserver 300.1.1.1\nnameserver ::1::\nnameserver fe80::1%\n\x01\xff\x80garbage\n"
      "sortlist 130.155.160.0/255.255.240.0\nnameserver 192.0.2.1\n");
  EXPECT_EQ(servers_of(config), Strings{"192.0.2.1:53"});
}

TEST(DnsConfig, ALongLineAndANulHoldUpNothing) {
  std::string text = "nameserver " + std::string(102'400, '9') + "\nsearch " + std::string(102'400, 'x') + "\n";
  text += std::string("domain a.example\0 b\n", 20) + std::string("\0\0\n", 3) + "nameserver 192.0.2.1\n";
  const Config config = Config::parse(text);
  EXPECT_EQ(servers_of(config), Strings{"192.0.2.1:53"});
  EXPECT_EQ(config.search, Strings{"a.example"});
}

TEST(DnsConfig, TheEnvironmentOverrulesTheFile) {
  const Config config =
      Config::parse("search a.example\noptions ndots:3 timeout:9\n", {.local_domain = "b.example c.example\nd.example",
                                                                      .resolver_options = "ndots:5 rotate",
                                                                      .host_name = "h.e.example"});
  EXPECT_EQ(config.search, (Strings{"b.example", "c.example", "d.example"}));
  EXPECT_EQ(config.ndots, 5U);
  EXPECT_EQ(config.timeout, seconds{9});
  EXPECT_TRUE(config.rotate);
}

TEST(DnsConfig, TheDomainOfTheHostIsSearchedWhereNothingElseIs) {
  EXPECT_EQ(Config::parse("", {.host_name = "www.a.example"}).search, Strings{"a.example"});
  EXPECT_EQ(Config::parse("search b.example\n", {.host_name = "www.a.example"}).search, Strings{"b.example"});
  EXPECT_TRUE(Config::parse("", {.host_name = "www"}).search.empty());
  EXPECT_TRUE(Config::parse("", {.host_name = "www."}).search.empty());
}

TEST(DnsConfig, IsLoadedWithTheEnvironment) {
  const std::string path = testing::TempDir() + "evt_resolv_conf";
  std::ofstream(path) << "nameserver 192.0.2.9\nsearch a.example\noptions ndots:2";
  setenv("LOCALDOMAIN", "b.example", 1);
  setenv("RES_OPTIONS", "attempts:5", 1);
  const Config config = Config::load(path.c_str());
  unsetenv("LOCALDOMAIN");
  unsetenv("RES_OPTIONS");
  EXPECT_EQ(servers_of(config), Strings{"192.0.2.9:53"});
  EXPECT_EQ(config.search, Strings{"b.example"});
  EXPECT_EQ(config.ndots, 2U);
  EXPECT_EQ(config.attempts, 5U);
  EXPECT_EQ(Config::load(path.c_str()).search, Strings{"a.example"});
}

TEST(DnsConfig, TakesAnyBytes) {
  std::minstd_rand random(7);
  constexpr std::string_view pieces[] = {"nameserver ", "search ", "options ", "ndots:", "\n",
                                         "\r",          " ",       "::1",      "%",      "1.2"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) {
      if (random() % 3 == 0) text += static_cast<char>(random());
      text += pieces[random() % std::size(pieces)];
    }
    const Config config = Config::parse(text);
    EXPECT_FALSE(config.servers.empty());
    EXPECT_LE(config.servers.size(), Config::most_servers);
    EXPECT_LE(config.ndots, Config::most_ndots);
  }
}

}  // namespace
}  // namespace evt::dns
