/// What is said to proxies, byte for byte, and how --proxy is read.
#include "dial/handshake.hpp"
#include "dial/plan.hpp"

#include <gtest/gtest.h>

namespace evtool::dial {
namespace {

using namespace std::string_literals;

TEST(DialProxy, Socks5IsSpokenAsTheRfcHasIt) {
  EXPECT_EQ(socks5::greeting({.host = "x"}), "\5\1\0"s);
  EXPECT_EQ(socks5::greeting({.host = "x", .user = "me"}), "\5\2\0\2"s);
  EXPECT_EQ(socks5::password({.user = "me", .password = "it"}), "\1\2me\2it"s);
  EXPECT_EQ(*socks5::request({.host = "name", .port = 258}), "\5\1\0\3\4name\1\2"s);
  EXPECT_EQ(*socks5::request({.host = "1.2.3.4", .port = 1}), "\5\1\0\1\1\2\3\4\0\1"s);
  EXPECT_EQ(*socks5::request({.host = "::1", .port = 1}), "\5\1\0\4"s + std::string(15, '\0') + "\1\0\1"s);
  EXPECT_FALSE(socks5::request({.host = std::string(256, 'x')}));
}

TEST(DialProxy, AnswersOfSocks5SayHowLongTheyAre) {
  EXPECT_EQ(socks5::rest_of("\5\0\0\1x"s), 5U);
  EXPECT_EQ(socks5::rest_of("\5\0\0\4x"s), 17U);
  EXPECT_EQ(socks5::rest_of("\5\0\0\3\377"s), 257U);
  EXPECT_EQ(socks5::rest_of("\5\4\0\1x"s).error(), "host unreachable");
  EXPECT_EQ(socks5::rest_of("\5\143\0\1x"s).error(), "error 99");
  EXPECT_FALSE(socks5::rest_of("\4\0\0\1x"s));
  EXPECT_FALSE(socks5::rest_of("\5\0\0\2x"s));
  EXPECT_FALSE(socks5::method_of("\5\377"s));
  EXPECT_TRUE(socks5::refused_password("\1\1"s));
}

TEST(DialProxy, HttpIsAskedToConnect) {
  EXPECT_EQ(*http::request({.host = "www", .port = 80}), "CONNECT www:80 HTTP/1.1\r\nHost: www:80\r\n\r\n");
  EXPECT_TRUE(http::request({.host = "::1", .port = 80})->starts_with("CONNECT [::1]:80 HTTP/1.1\r\n"));
  EXPECT_TRUE(http::request({.host = "x", .user = "a", .password = "b"})->contains("Basic YTpi\r\n"));
  EXPECT_TRUE(http::request({.host = "x", .user = "a", .password = "bc"})->contains("Basic YTpiYw==\r\n"));
  EXPECT_TRUE(http::request({.host = "x", .user = "a", .password = ""})->contains("Basic YTo=\r\n"));
  EXPECT_FALSE(http::request({.host = "x\r\nEvil: 1"}));
  EXPECT_EQ(http::head_size("HTTP/1.1 200 OK\r\n\r\nrest"), 19U);
  EXPECT_EQ(http::head_size("HTTP/1.1 200 OK\r\n"), 0U);
  EXPECT_FALSE(http::refusal("HTTP/1.0 200 OK\r\n\r\n"));
  EXPECT_EQ(http::refusal("HTTP/1.1 407 No\r\n\r\n"), "407 No");
  EXPECT_TRUE(http::refusal("\r\n\r\n"));
  EXPECT_TRUE(http::refusal("HTTP/1.1"));
}

TEST(DialProxy, IsReadFromAUrl) {
  const auto proxy = parse_proxy("socks5://me:a:b@[::1]:7");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->kind, Proxy::Kind::socks5);
  EXPECT_EQ(proxy->user, "me");
  EXPECT_EQ(proxy->password, "a:b");
  EXPECT_EQ(std::get<evt::Address>(proxy->target).to_string(), "[::1]:7");
  const auto escaped = parse_proxy("http://a%3Ab:p%40%2f100%@proxy/");
  EXPECT_EQ(escaped->user, "a:b");
  EXPECT_EQ(escaped->password, "p@/100%");
  EXPECT_EQ(std::get<evt::DialHost>(parse_proxy("socks5://proxy")->target).port, 1080);
  EXPECT_EQ(std::get<evt::DialHost>(parse_proxy("http://proxy/")->target).port, 8080);
  for (const char* text : {"", "proxy:80", "ftp://x", "http://", "socks5://x:y:z", "https://x", "socks5://:80"}) {
    EXPECT_FALSE(parse_proxy(text)) << text;
  }
}

}  // namespace
}  // namespace evtool::dial
