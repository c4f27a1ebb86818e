/// Dial over a resolver and a name server: addresses, services, and answers that never come.
#include "contract/fixture.hpp"
#include "dns/craft.hpp"
#include "dns/server.hpp"
#include <evt/dial.hpp>
#include <evt/dns/resolver.hpp>

#include <map>
#include <memory>
#include <string>

namespace evt::dns::test {
namespace {

/// The name of a question as wire form has it, and its type.
std::string topic_of(const std::string& query) {
  return question_of(query).substr(0, question_of(query).size() - 2);
}

std::string wire(std::string_view name) {
  std::string text;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    text += static_cast<char>(end - begin);
    text += name.substr(begin, end - begin);
    begin = end + 1;
  }
  return text + '\0';
}

constexpr unsigned a = 1;
constexpr unsigned aaaa = 28;
constexpr unsigned srv = 33;

class DialNamed : public contract::Contract {
 protected:
  void SetUp() override {
    Contract::SetUp();
    if (IsSkipped()) return;
    server_ = std::make_unique<Server>(Server::Handlers{.udp = [this](const Visit& visit) { serve(visit); }});
    auto listener = evt::listen({.address = Address::loopback_ipv4(0)});
    ASSERT_TRUE(listener);
    listener_ = std::move(*listener);
    address_ = local_address(listener_.get()).value();
    Config config;
    config.servers = {server_->address()};
    config.timeout = 1s;
    config.attempts = 1;
    resolver_ = std::make_unique<Resolver>(loop(), config, HostsFile("/nowhere/hosts"));
    dial_ = std::make_unique<Dial>(loop(), *resolver_);
  }
  void TearDown() override {
    dial_.reset();
    resolver_.reset();
    server_.reset();
    listener_.reset();
    Contract::TearDown();
  }

  /// What is said to a question for `name` and `type`; an empty record is silence. Names not here do not exist.
  void has(std::string_view name, unsigned type, std::vector<std::string> records) {
    const std::lock_guard lock(mutex_);
    zone_[wire(name) + word(type)] = {type, std::move(records)};
  }
  void silent(std::string_view name, unsigned type) { has(name, type, {""}); }

  Result<Dialed> to(DialTarget target, const DialOptions& options = {.timeout = std::chrono::seconds{8}}) {
    contract::Recorder<Dialed> done;
    EXPECT_TRUE(dial_->dial(std::move(target), options, bind(done)));
    EXPECT_TRUE(run_until_called(done));
    return std::move(*done.result);
  }
  std::uint16_t port() const { return address_.port(); }
  Dial& dial() { return *dial_; }
  std::string here() const { return octets({127, 0, 0, 1}); }
  std::size_t asked() const { return server_->over_udp().size(); }

 private:
  struct Entry {
    unsigned type;
    std::vector<std::string> records;
  };

  void serve(const Visit& visit) {
    const std::lock_guard lock(mutex_);
    const auto entry = zone_.find(topic_of(visit.query()));
    if (entry == zone_.end()) return visit.send(error(visit.query(), 3));
    Answered answer;
    for (const std::string& data : entry->second.records) {
      if (data.empty()) return;
      answer.answers += record(entry->second.type, data);
      ++answer.answer_count;
    }
    visit.send(reply(visit.query(), answer));
  }

  std::mutex mutex_;
  std::map<std::string, Entry> zone_;
  std::unique_ptr<Server> server_;
  Fd listener_;
  Address address_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Dial> dial_;
};

INSTANTIATE_TEST_SUITE_P(Backends, DialNamed, testing::Values(Backend::io_uring, Backend::epoll),
                         contract::backend_name);

TEST_P(DialNamed, ANameIsConnected) {
  has("www.example", a, {here()});
  has("www.example", aaaa, {});
  const auto dialed = to(DialHost{"www.example", port()});
  ASSERT_TRUE(dialed) << dialed.error().message();
  EXPECT_EQ(dialed->peer, Address::loopback_ipv4(port()));
  ASSERT_EQ(dial().lookups().size(), 2U);
  for (const DialLookup& lookup : dial().lookups())
    EXPECT_TRUE(lookup.over);
}

TEST_P(DialNamed, AnAnswerThatNeverComesDelaysIpv4ByFiftyMilliseconds) {
  has("www.example", a, {here()});
  silent("www.example", aaaa);
  const auto dialed = to(DialHost{"www.example", port()});
  ASSERT_TRUE(dialed);
  const nanoseconds begun = dial().attempts()[0].started - dial().started();
  EXPECT_GE(begun, 50ms);
  EXPECT_LT(begun, 900ms);  // The lookup gives up after a second.
  EXPECT_TRUE(dial().idle());
}

TEST_P(DialNamed, IsConnectedOverTheOtherFamilyWhenNobodyListensAtIpv6) {
  has("www.example", a, {here()});
  has("www.example", aaaa, {std::string(15, '\0') + '\1'});
  const auto dialed = to(DialHost{"www.example", port()});
  ASSERT_TRUE(dialed);
  EXPECT_EQ(dialed->peer.family(), AF_INET);
}

TEST_P(DialNamed, ANameThatIsNotThereIsNotFound) {
  const auto dialed = to(DialHost{"www.example", port()});
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error().code, Failure::no_such_name);
  EXPECT_STREQ(dialed.error().operation, "lookup");
  for (const DialLookup& lookup : dial().lookups())
    EXPECT_EQ(lookup.error, Failure::no_such_name);
}

TEST_P(DialNamed, SpecialNamesAndAddressesAskNobody) {
  EXPECT_TRUE(to(DialHost{"localhost", port()}));
  EXPECT_TRUE(to(DialHost{"127.0.0.1", port()}));
  EXPECT_EQ(to(DialHost{"x.onion", port()}).error().code, Failure::no_such_name);
  EXPECT_FALSE(to(DialHost{"", port()}));
  EXPECT_EQ(asked(), 0U);
}

TEST_P(DialNamed, AServiceLeadsToItsServers) {
  const std::string last = wire("b.example");
  has("_x._tcp.example", srv,
      {word(2) + word(0) + word(port()) + last, word(1) + word(5) + word(port()) + wire("a.example")});
  has("b.example", a, {here()});
  const auto dialed = to(DialService{"_x._tcp.example"});
  ASSERT_TRUE(dialed) << dialed.error().message();
  ASSERT_EQ(dial().lookups().size(), 5U);
  EXPECT_EQ(dial().lookups()[0].kind, DialLookup::Kind::service);
  EXPECT_EQ(dial().lookups()[1].name, "a.example");
  EXPECT_EQ(dial().lookups()[3].name, "b.example");
}

TEST_P(DialNamed, AServiceWithoutRecordsOrWithTheRootIsAnError) {
  has("_x._tcp.example", srv, {});
  EXPECT_EQ(to(DialService{"_x._tcp.example"}).error().code, Failure::no_data);
  EXPECT_EQ(to(DialService{"_y._tcp.example"}).error().code, Failure::no_such_name);
  has("_z._tcp.example", srv, {word(0) + word(0) + word(0) + std::string(1, '\0')});
  EXPECT_FALSE(to(DialService{"_z._tcp.example"}));
  EXPECT_EQ(to(DialService{"a..b"}).error(), std::errc::invalid_argument);
}

TEST_P(DialNamed, CanceledWhileItAsksItEndsAtOnce) {
  silent("www.example", a);
  silent("www.example", aaaa);
  contract::Recorder<Dialed> done;
  dial().dial(DialHost{"www.example", port()}, bind(done));
  ASSERT_TRUE(run_until([&] { return asked() == 2; }));
  dial().cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(contract::failed_with(done, Errc::canceled));
}

}  // namespace
}  // namespace evt::dns::test
