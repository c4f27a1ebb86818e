/// Where to dial, as text: what is taken, what it means, and what is refused.
#include <evt/dial.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace evt {
namespace {

std::string text_of(const Result<DialTarget>& target) {
  if (!target) return "error " + std::to_string(target.error().system_errno());
  if (const auto* address = std::get_if<Address>(&*target)) return address->to_string();
  if (const auto* host = std::get_if<DialHost>(&*target))
    return "host " + host->name + " " + std::to_string(host->port);
  return "service " + std::get<DialService>(*target).name;
}

std::string parsed(std::string_view text) {
  return text_of(parse_dial_target(text));
}

const std::string invalid = "error " + std::to_string(EINVAL);
const std::string unknown = "error " + std::to_string(ENOENT);

TEST(DialTarget, IsAHostOrAnAddressWithAPort) {
  EXPECT_EQ(parsed("www.example:80"), "host www.example 80");
  EXPECT_EQ(parsed("www.example:https"), "host www.example 443");
  EXPECT_EQ(parsed("127.0.0.1:80"), "127.0.0.1:80");
  EXPECT_EQ(parsed("127.1:80"), "127.0.0.1:80");
  EXPECT_EQ(parsed("[::1]:http"), "[::1]:80");
  EXPECT_EQ(parsed("[fe80::1%lo]:1"), "[fe80::1%1]:1");
  EXPECT_EQ(parsed("b\xc3\xbc"
                   "cher.example:1"),
            "host b\xc3\xbc"
            "cher.example 1");
}

TEST(DialTarget, IsAServiceOrAPath) {
  EXPECT_EQ(parsed("srv:_http._tcp.example"), "service _http._tcp.example");
  EXPECT_EQ(parsed("unix:/run/x"), "unix:/run/x");
  EXPECT_EQ(parsed("unix:@name"), "unix:@name");
}

TEST(DialTarget, IsRefusedWhereItIsNone) {
  for (const char* text : {"", ":", "www", ":80", "www:", "www:65536", "::1:80", "[::1]", "[::1", "[www]:80", "[]:80",
                           "1.2.3.4.5:80", "300.1.1.1:80", "a:b:80", "srv:", "www:99999999999", "[::1]80"}) {
    EXPECT_EQ(parsed(text), invalid) << text;
  }
  EXPECT_EQ(parsed(std::string_view("a\0b:80", 6)), invalid);
  for (const char* text : {"www:no-such-service", "www:-1", "www: 1"})
    EXPECT_EQ(parsed(text), unknown);
}

TEST(DialTarget, IsTakenFromAUri) {
  EXPECT_EQ(text_of(dial_uri("http://www.example/x:y@z")), "host www.example 80");
  EXPECT_EQ(text_of(dial_uri("HTTPS://me:pass@www.example?x")), "host www.example 443");
  EXPECT_EQ(text_of(dial_uri("tcp://[::1]:7")), "[::1]:7");
  EXPECT_EQ(text_of(dial_uri("ssh://10.0.0.1")), "10.0.0.1:22");
  EXPECT_EQ(text_of(dial_uri("http://www.example:/")), "host www.example 80");
  EXPECT_EQ(text_of(dial_uri("unix:///run/x")), "unix:/run/x");
  EXPECT_EQ(text_of(dial_uri("unix://@x")), "unix:@x");
  for (const char* text :
       {"", "http:", "http:/x", "://x", "http://", "http:///x", "http://a:b:1", "http://[::1", "unix://"}) {
    EXPECT_EQ(text_of(dial_uri(text)), invalid) << text;
  }
  EXPECT_EQ(text_of(dial_uri("gopherish://www")), unknown);
}

}  // namespace
}  // namespace evt
