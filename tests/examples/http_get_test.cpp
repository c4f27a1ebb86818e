/// examples/http_get against a real nginx: pages come whole, and it can be cancelled and destroyed half-way.
#include "../../examples/http_get.hpp"

#include "examples/nginx.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <thread>

namespace evt::examples {
namespace {

using namespace std::chrono_literals;

std::size_t count_descriptors() {
  std::filesystem::directory_iterator open("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

/// Bytes without a short period.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size; ++at)
    text[at] = static_cast<char>((at * 2654435761U) >> 13);
  return text;
}

class HttpGets : public testing::TestWithParam<Backend> {
 protected:
  static void SetUpTestSuite() {
    server = std::make_unique<Nginx>();
    server->put("small", "hello\n");
    server->put("large", large);
  }
  static void TearDownTestSuite() { server.reset(); }

  void SetUp() override {
    ASSERT_TRUE(server->running()) << "no nginx";
    before_ = count_descriptors();
    auto made = Loop::create({.backend = GetParam()});
    if (!made) {
      const char* required = std::getenv("EVT_REQUIRE_IO_URING");
      ASSERT_STRNE(required == nullptr ? "" : required, "1") << made.error().message();
      GTEST_SKIP() << made.error().message();
    }
    loop_.emplace(std::move(*made));
  }
  void TearDown() override {
    loop_.reset();
    EXPECT_EQ(count_descriptors(), before_) << "a descriptor is left open";
  }

  Loop& loop() { return *loop_; }
  static Url url_of(std::string_view path) { return Url::parse(server->url(path)).value(); }

  bool run_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      EXPECT_TRUE(loop().dispatch(20ms));
    }
    return true;
  }

  static inline std::unique_ptr<Nginx> server;
  static inline const std::string large = pattern(std::size_t{1} << 20);

 private:
  std::optional<Loop> loop_;
  std::size_t before_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Backends, HttpGets, testing::Values(Backend::io_uring, Backend::epoll),
                         [](const auto& backend) { return std::string(name_of(backend.param)); });

/// A get with what came of it.
struct Visit {
  explicit Visit(Loop& loop) : resolver(loop), get(loop, resolver) {}
  Ticket go(Url url) { return get.get(std::move(url), bind<&Visit::on_page>(*this)); }
  Action on_page(Result<Page> result) {
    ++calls;
    page = std::move(result);
    return calls < wanted ? Action::rearm : Action::disarm;
  }
  bool failed_with(std::error_code code) const { return calls == 1 && !page && page.error().code == code; }

  int calls = 0;
  int wanted = 1;
  Result<Page> page;
  dns::Resolver resolver;
  HttpGet get;
};

TEST_P(HttpGets, APageComesWhole) {
  for (const auto& [path, body] : {std::pair("/small", std::string("hello\n")), std::pair("/large", large)}) {
    Visit visit(loop());
    ASSERT_TRUE(visit.go(url_of(path)));
    EXPECT_EQ(visit.calls, 0) << "called inline";
    ASSERT_TRUE(loop().run());
    ASSERT_TRUE(visit.page) << visit.page.error().message();
    EXPECT_EQ(visit.page->status, 200);
    EXPECT_TRUE(visit.page->body == body);
    EXPECT_EQ(visit.calls, 1);
  }
}

TEST_P(HttpGets, APageThatIsNotThereHasAStatusTooAndIsNoFailure) {
  Visit visit(loop());
  visit.go(url_of("/none"));
  ASSERT_TRUE(loop().run());
  ASSERT_TRUE(visit.page);
  EXPECT_EQ(visit.page->status, 404);
}

TEST_P(HttpGets, RearmGetsItAgain) {
  Visit visit(loop());
  visit.wanted = 5;
  visit.go(url_of("/small"));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(visit.calls, 5);
  ASSERT_TRUE(visit.page);
  EXPECT_EQ(visit.page->body, "hello\n");
}

TEST_P(HttpGets, ManyAtOnceGetWhatTheyAskedFor) {
  std::deque<Visit> visits;
  for (int each = 0; each < 50; ++each)
    visits.emplace_back(loop()).go(url_of(each % 2 == 0 ? "/small" : "/large"));
  ASSERT_TRUE(loop().run());
  for (std::size_t each = 0; each < visits.size(); ++each) {
    ASSERT_TRUE(visits[each].page) << visits[each].page.error().message();
    EXPECT_TRUE(visits[each].page->body == (each % 2 == 0 ? "hello\n" : large)) << each;
  }
}

TEST_P(HttpGets, BusyOnesAreRefusedAndGoOn) {
  Visit visit(loop());
  visit.go(url_of("/small"));
  const Ticket refused = visit.go(url_of("/large"));
  EXPECT_FALSE(refused);
  EXPECT_EQ(refused.error(), Errc::busy);
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(visit.page->body, "hello\n");
}

TEST_P(HttpGets, CancelAtOnceEndsItOnce) {
  Visit visit(loop());
  visit.go(url_of("/slow/large"));
  visit.get.cancel();
  visit.get.cancel();
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(visit.failed_with(Errc::canceled));
}

TEST_P(HttpGets, CancelHalfWayEndsItOnceAndItCanBeUsedAgain) {
  Visit visit(loop());
  const Ticket ticket = visit.go(url_of("/slow/large"));
  ASSERT_TRUE(run_until([&] { return visit.get.received() > 0; }));
  ASSERT_TRUE(loop().request_cancel(ticket));
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(visit.failed_with(Errc::canceled));
  visit.go(url_of("/small"));
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(visit.calls, 2);
  EXPECT_EQ(visit.page->body, "hello\n");
}

TEST_P(HttpGets, CancelSyncHalfWayCallsNobody) {
  Visit visit(loop());
  visit.go(url_of("/slow/large"));
  ASSERT_TRUE(run_until([&] { return visit.get.received() > 0; }));
  const std::size_t open = count_descriptors();
  EXPECT_FALSE(visit.get.cancel_sync().has_value());
  EXPECT_TRUE(visit.get.idle());
  EXPECT_EQ(count_descriptors(), open - 1) << "the connection is closed";
  ASSERT_TRUE(loop().run());
  EXPECT_EQ(visit.calls, 0);
}

TEST_P(HttpGets, DestroyedHalfWayItIsGone) {
  auto visit = std::make_unique<Visit>(loop());
  auto early = std::make_unique<Visit>(loop());
  visit->go(url_of("/slow/large"));
  ASSERT_TRUE(run_until([&] { return visit->get.received() > 0; }));
  early->go(url_of("/small"));
  visit.reset();
  early.reset();
  auto ran = loop().run();
  ASSERT_TRUE(ran);
  EXPECT_EQ(*ran, 0U) << "nobody is left to be called";
}

TEST_P(HttpGets, AHostIsFoundByName) {
  std::string url = server->url("/small");
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  Visit visit(loop());
  visit.go(Url::parse(url).value());
  ASSERT_TRUE(loop().run());
  ASSERT_TRUE(visit.page) << visit.page.error().message();
  EXPECT_EQ(visit.page->body, "hello\n");
}

TEST_P(HttpGets, NobodyListeningIsAnError) {
  Address address;
  {
    auto socket = listen({.address = Address::loopback_ipv4(0)});
    address = *local_address(socket->get());
  }
  Visit visit(loop());
  visit.go(Url::parse("http://" + address.to_string()).value());
  ASSERT_TRUE(loop().run());
  EXPECT_TRUE(visit.failed_with(std::error_code(ECONNREFUSED, std::system_category())));
}

TEST_P(HttpGets, AnAnswerThatIsCutShortOrNoHttpIsAnError) {
  for (const std::string_view answer : {"", "nonsense", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 abc\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour"}) {
    auto listener = listen({.address = Address::loopback_ipv4(0)});
    ASSERT_TRUE(listener);
    Visit visit(loop());
    visit.go(Url::parse("http://" + local_address(listener->get())->to_string() + "/").value());
    File file(loop(), File::borrow(listener->get()));
    AcceptRequest accept(file);
    std::string request(4096, '\0');
    std::optional<File> connection;
    std::optional<IoRequest> part;
    auto sent = [&] { connection.reset(); };
    auto asked = [&] { part->send(std::as_bytes(std::span(answer)), bind(sent)); };
    auto accepted = [&](Result<Fd> socket) {
      ASSERT_TRUE(socket);
      connection.emplace(loop(), File::adopt(std::move(*socket)));
      part.emplace(*connection);
      part->recv(std::as_writable_bytes(std::span(request)), bind(asked));
    };
    accept.accept(bind(accepted));
    ASSERT_TRUE(run_until([&] { return visit.calls > 0; }));
    EXPECT_TRUE(visit.failed_with(std::error_code(EBADMSG, std::system_category()))) << answer;
    EXPECT_TRUE(request.starts_with("GET / HTTP/1.0\r\nHost: 127.0.0.1:"));
  }
}

TEST(HttpUrl, IsRefusedWhereItIsNotOne) {
  for (const std::string_view text : {"", "127.0.0.1:80", "https://127.0.0.1:80/", "http://", "http:///x",
                                      "http://a b/", "http://127.0.0.1:80/a b", "http://127.0.0.1:80/\r\nX: y"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
  EXPECT_EQ(Url::parse("http://[::1]:80")->path, "/");
  EXPECT_EQ(std::get<DialHost>(Url::parse("http://www.example.com/x")->target).port, 80);
}

/// Runs the example itself: what it printed, and its exit status.
struct Ran {
  std::string out;
  int status = -1;
};
Ran run_example(const std::string& arguments) {
  Ran ran;
  FILE* pipe = popen((std::string(EVT_HTTP_GET " ") + arguments + " 2>/dev/null").c_str(), "re");
  std::array<char, 4096> buffer;
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe))
    ran.out.append(buffer.data(), size);
  ran.status = WEXITSTATUS(pclose(pipe));
  return ran;
}

TEST_P(HttpGets, TheProgramPrintsThePage) {
  const std::string backend = std::string(" ") + name_of(GetParam());
  Ran ran = run_example(server->url("/large") + backend);
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(ran.out == large);
  EXPECT_EQ(run_example(server->url("/none") + backend).status, 1);
  EXPECT_EQ(run_example("").status, 2);
  ran = run_example(server->url("/slow/large") + backend + " 100");
  EXPECT_EQ(ran.status, 1) << "the time was up";
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace evt::examples
