/// Endpoints as text: the grammar of cli.md, socat's spellings, options, and errors that name the bad token.
#include "endpoint.hpp"
#include "endpoint_text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace evtool {
namespace {

using Kind = Endpoint::Kind;
using std::chrono::milliseconds;

Endpoint parsed(std::string_view text) {
  auto endpoint = parse_endpoint(text);
  EXPECT_TRUE(endpoint) << text << ": " << (endpoint ? "" : endpoint.error());
  return endpoint.value_or(Endpoint{});
}

std::string refused(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  return endpoint ? std::string(text) + " was taken" : endpoint.error();
}

struct HostCase {
  const char* text;
  Kind kind;
  int family;
  const char* host;
  std::uint16_t port;
};

TEST(Endpoint, IsAHostAndAPort) {
  constexpr HostCase cases[] = {
      {"www.example:80", Kind::tcp, AF_UNSPEC, "www.example", 80},
      {"[::1]:80", Kind::tcp, AF_UNSPEC, "::1", 80},
      {"[fe80::1%eth0]:80", Kind::tcp, AF_UNSPEC, "fe80::1%eth0", 80},
      {":80", Kind::tcp, AF_UNSPEC, "", 80},
      {"www:https", Kind::tcp, AF_UNSPEC, "www", 443},
      {"tcp:www:80", Kind::tcp, AF_UNSPEC, "www", 80},
      {"tcp4:www:80", Kind::tcp, AF_INET, "www", 80},
      {"tcp6:[::1]:80", Kind::tcp, AF_INET6, "::1", 80},
      {"udp:www:domain", Kind::udp, AF_UNSPEC, "www", 53},
      {"tcp://www:80", Kind::tcp, AF_UNSPEC, "www", 80},
      {"udp://[::1]:53", Kind::udp, AF_UNSPEC, "::1", 53},
      {"http://me@www/x", Kind::tcp, AF_UNSPEC, "www", 80},
      {"http://[::1]:8080/x", Kind::tcp, AF_UNSPEC, "::1", 8080},
      {"TCP:www:80", Kind::tcp, AF_UNSPEC, "www", 80},
      {"tcp4-connect:www:80", Kind::tcp, AF_INET, "www", 80},
      {"UDP6-SENDTO:www:80", Kind::udp, AF_INET6, "www", 80},
  };
  for (const HostCase& c : cases) {
    const Endpoint endpoint = parsed(c.text);
    EXPECT_EQ(endpoint.kind, c.kind) << c.text;
    EXPECT_EQ(endpoint.family, c.family) << c.text;
    EXPECT_EQ(endpoint.host, c.host) << c.text;
    EXPECT_EQ(endpoint.port, c.port) << c.text;
    EXPECT_FALSE(endpoint.listens) << c.text;
  }
  EXPECT_EQ(parsed("http://www/x?y").path, "/x?y");
}

TEST(Endpoint, IsAListener) {
  for (const char* text : {"tcp-listen:80", "tcp-listen::80", "TCP-LISTEN:80", "tcp-l:80"}) {
    EXPECT_TRUE(parsed(text).listens) << text;
    EXPECT_EQ(parsed(text).port, 80) << text;
  }
  EXPECT_FALSE(parsed("tcp-listen:80").any_address);
  EXPECT_TRUE(parsed("tcp-listen:*:80").any_address);
  EXPECT_TRUE(parsed("TCP-LISTEN:80").any_address);
  EXPECT_TRUE(parsed("TCP4-L:80,fork").options.fork);
  EXPECT_FALSE(parsed("TCP-LISTEN:127.0.0.1:80").any_address);
  EXPECT_EQ(parsed("udp-listen:[::1]:53").host, "::1");
  EXPECT_EQ(parsed("unix-listen:/run/x,mode=0660,unlink").options.mode, mode_t{0660});
  EXPECT_EQ(parsed("listen:fd:3").fd, 3);
  EXPECT_EQ(parsed("listen:systemd").fd, -1);
  EXPECT_EQ(parsed("listen:systemd").kind, Kind::inherited);
}

TEST(Endpoint, IsAPathAServiceOrADescriptor) {
  EXPECT_EQ(parsed("unix:/run/x").path, "/run/x");
  EXPECT_EQ(parsed("unix:///run/x").path, "/run/x");
  EXPECT_TRUE(parsed("unix:@x").abstract);
  EXPECT_EQ(parsed("unix:@x").path, "x");
  EXPECT_TRUE(parsed("ABSTRACT-CONNECT:x").abstract);
  EXPECT_EQ(parsed("UNIX-CONNECT:/run/x").kind, Kind::local);
  EXPECT_EQ(parsed("srv:_http._tcp.example").name, "_http._tcp.example");
  EXPECT_EQ(parsed("-").kind, Kind::standard);
  EXPECT_EQ(parsed("stdio").kind, Kind::standard);
  EXPECT_EQ(parsed("STDIO").kind, Kind::standard);
  EXPECT_EQ(parsed("fd:7").fd, 7);
  EXPECT_EQ(parsed("file:a,append").path, "a");
  EXPECT_TRUE(parsed("file:a,append").options.append);
  EXPECT_EQ(parsed("file:\"a,b\"").path, "a,b");
  EXPECT_EQ(parsed("file:a\\,b").path, "a,b");
  EXPECT_EQ(parsed("OPEN:x,rdonly").kind, Kind::file);
  EXPECT_TRUE(parsed("CREATE:x").options.truncate);
  EXPECT_EQ(parsed("pipe:").kind, Kind::pipe);
  EXPECT_EQ(parsed("PIPE").kind, Kind::pipe);
  EXPECT_EQ(parsed("pipe:/tmp/f").path, "/tmp/f");
  const Endpoint serial = parsed("/dev/ttyS0,raw,b115200");
  EXPECT_EQ(serial.kind, Kind::file);
  EXPECT_TRUE(serial.options.raw);
  EXPECT_EQ(serial.options.baud, 115200U);
  EXPECT_EQ(parsed("pty:,link=/tmp/x").options.link, "/tmp/x");
}

TEST(Endpoint, IsACommand) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(parsed("exec:\"ls -l 'a b'\"").words, (Words{"ls", "-l", "a b"}));
  EXPECT_EQ(parsed("exec:ls -l 'a b'").words, (Words{"ls", "-l", "a b"}));
  EXPECT_EQ(parsed("exec:'printf \"a,b\"'").words, (Words{"printf", "a,b"}));
  EXPECT_EQ(parsed("exec:a \"\" b").words, (Words{"a", "", "b"}));
  EXPECT_TRUE(parsed("EXEC:cat,stderr,pty").options.stderr_too);
  EXPECT_EQ(parsed("sh:\"echo a, b | cat\"").command, "echo a, b | cat");
  EXPECT_EQ(parsed("SYSTEM:'echo \"x\"'").command, "echo \"x\"");
  EXPECT_EQ(parsed("sh:echo 'a b'").command, "echo 'a b'");
}

TEST(Endpoint, HasOptions) {
  const Endpoint endpoint = parsed("www:80,connect-timeout=250ms,bind=[::1]:7,nodelay,keepalive=0,sndbuf=64k,pf=ip6");
  EXPECT_EQ(endpoint.options.connect_timeout, milliseconds{250});
  EXPECT_EQ(endpoint.options.bind, "[::1]:7");
  EXPECT_TRUE(endpoint.options.nodelay);
  EXPECT_FALSE(endpoint.options.keepalive);
  EXPECT_EQ(endpoint.options.send_buffer, Size{65536});
  EXPECT_EQ(endpoint.family, AF_INET6);
  EXPECT_EQ(parsed("udp:239.0.0.1:5000,join=239.0.0.1,interface=eth0,ttl=4").options.ttl, 4U);
  EXPECT_TRUE(parsed("TCP:www:80,NODELAY").options.nodelay);
}

TEST(Endpoint, AnErrorNamesTheBadTokenAndWhatWasExpected) {
  struct Case {
    const char* text;
    const char* token;
    const char* expected;
  };
  constexpr Case cases[] = {
      {"", "''", "expected HOST:PORT"},
      {"www", "'www'", "expected HOST:PORT"},
      {"tcp:www", "'www'", "expected HOST:PORT"},
      {"www:", "''", "expected 0 to 65535"},
      {"www:65536", "'65536'", "expected 0 to 65535"},
      {"www:no-such", "'no-such'", "a service of /etc/services"},
      {"::1:80", "'::1'", "expected [IPV6]:PORT"},
      {"[::1]", "'[::1]'", "expected"},
      {"[www]:80", "'[www]'", "expected [IPV6]"},
      {"*:80", "'*:80'", "expected HOST:PORT"},
      {"tcp-listen:[::1]", "'[::1]'", "expected [IPV6]:PORT"},
      {"unix:", "''", "expected a path"},
      {"srv:www", "'www'", "expected _SERVICE._PROTO.NAME"},
      {"fd:x", "'x'", "expected a number"},
      {"listen:x", "'x'", "expected fd:N or systemd"},
      {"listen:fd:x", "'x'", "expected a number"},
      {"exec:", "''", "expected exec:"},
      {"sh:\"\"", "'\"\"'", "expected sh:"},
      {"stdio:x", "'x'", "expected nothing"},
      {"exec", "'exec'", "is incomplete"},
      {"tcp://", "''", "expected tcp://HOST:PORT"},
      {"foo://www", "'foo'", "expected HOST:PORT"},
      {"www:80,frob", "'frob'", "is no option of an endpoint"},
      {"www:80,unlink", "'unlink'", "is no option of tcp endpoints"},
      {"exec:ls,nodelay", "'nodelay'", "is no option of exec endpoints"},
      {"www:80,bind", "'bind'", "needs a value"},
      {"www:80,connect-timeout=x", "'x'", "expected a duration"},
      {"file:x,mode=9", "'9'", "expected an octal number"},
      {"www:80,nodelay=2", "'2'", "is neither 0 nor 1"},
      {"www:80,pf=ip5", "'ip5'", "expected ip4 or ip6"},
      {"www:80,", "''", "is no option"},
      {"exec:\"ls", "'exec:\"ls'", "has no second \""},
      {"tls:www:443", "'tls:www:443'", "TLS is not supported yet"},
      {"https://www", "'https://www'", "TLS is not supported yet"},
  };
  for (const Case& c : cases) {
    const std::string message = refused(c.text);
    EXPECT_TRUE(message.contains(c.token)) << c.text << " → " << message;
    EXPECT_TRUE(message.contains(c.expected)) << c.text << " → " << message;
  }
  EXPECT_TRUE(refused("unix:" + std::string(200, 'x')).contains("too long"));
  EXPECT_TRUE(refused("\x1b[2J:80,\x1b").contains("\\x1b"));
  EXPECT_FALSE(refused("\x1b[2J:80,\x1b").contains('\x1b'));
}

TEST(Endpoint, TakesAnyBytes) {
  std::minstd_rand random(3);
  constexpr std::string_view pieces[] = {"tcp:", "[",     "]", ":", ",",     "\"", "'", "\\",
                                         "80",   "exec:", "=", "@", "unix:", "//", "x"};
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 8; ++i) {
      text += pieces[random() % std::size(pieces)];
      if (random() % 8 == 0) text += static_cast<char>(random());
    }
    const auto endpoint = parse_endpoint(text);
    EXPECT_FALSE(endpoint ? name_of(*endpoint).empty() : endpoint.error().empty()) << text;
  }
}

}  // namespace
}  // namespace evtool
