/// From names to addresses: files, search lists, two families, aliases.
#include "contract/fixture.hpp"
#include "dns/craft.hpp"
#include "dns/server.hpp"
#include <evt/dns/resolver.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

namespace evt::dns::test {
namespace {

constexpr unsigned type_a = 1;
constexpr unsigned type_cname = 5;
constexpr unsigned type_soa = 6;
constexpr unsigned type_aaaa = 28;

/// "www.example.com" of a query.
std::string name_in(const std::string& query) {
  std::string name;
  for (std::size_t at = 12; query[at] != 0; at += static_cast<std::size_t>(query[at]) + 1)
    name.append(name.empty() ? "" : ".").append(query, at + 1, static_cast<std::size_t>(query[at]));
  return name;
}

unsigned type_in(const std::string& query) {
  const std::string question = question_of(query);
  return static_cast<unsigned char>(question[question.size() - 3]);
}

std::string wire_of(std::string_view name) {
  const auto bytes = Name::parse(name).value();
  return {reinterpret_cast<const char*>(bytes.wire().data()), bytes.wire().size()};
}

std::string no_data(const std::string& query) {
  std::string text =
      reply(query, {.additionals = record(type_soa, octets({0, 0}) + std::string(20, 'x')), .additional_count = 1});
  return with_word(with_word(text, counts_at + 4, 1), counts_at + 6, 0);  // In the authority section.
}

std::string ipv4(const std::string& query, unsigned last) {
  return honest(query, last);
}
std::string ipv6(const std::string& query, unsigned last) {
  return reply(query,
               {.answers = record(type_aaaa, octets({0x20, 1, 0xd, 0xb8}) + std::string(11, '\0') + octets({last})),
                .answer_count = 1});
}
std::string alias(const std::string& query, std::string_view to) {
  return reply(query, {.answers = record(type_cname, wire_of(to)), .answer_count = 1});
}

using Reply = std::function<std::string(const std::string& query)>;

class Lookups : public contract::Contract {
 protected:
  void SetUp() override {
    Contract::SetUp();
    if (IsSkipped()) return;
    server_ = std::make_unique<Server>(Server::Handlers{.udp = [this](const Visit& visit) { serve(visit); }});
    config_.servers = {server_->address()};
    config_.timeout = 1s;
    config_.attempts = 1;
  }
  void TearDown() override {
    resolver_.reset();
    server_.reset();
    Contract::TearDown();
  }

  /// What the server says of a name; NXDOMAIN of all others. Before the first question.
  void has_ipv4(const std::string& name, Reply reply) { world_[{name, type_a}] = std::move(reply); }
  void has_ipv6(const std::string& name, Reply reply) { world_[{name, type_aaaa}] = std::move(reply); }
  void has(const std::string& name, const Reply& reply) {
    has_ipv4(name, reply);
    has_ipv6(name, reply);
  }

  Resolver& resolver() {
    if (!resolver_) {
      std::ofstream(directory_.path("hosts")) << hosts_;
      resolver_ = std::make_unique<Resolver>(loop(), config_, HostsFile(directory_.path("hosts")));
    }
    return *resolver_;
  }

  Result<Addresses> find(std::string_view name, const Lookup::Options& options = {}) {
    Lookup lookup(resolver());
    contract::Recorder<Addresses> done;
    EXPECT_TRUE(lookup.lookup(name, options, bind(done)));
    EXPECT_TRUE(run_until_called(done));
    turns(2);
    EXPECT_EQ(done.calls, 1);
    return *done.result;
  }

  /// "2001:db8::1 192.0.2.1", or what went wrong.
  std::string addresses_of(std::string_view name, const Lookup::Options& options = {}) {
    const auto found = find(name, options);
    return found ? text_of(found->list) : found.error().code.message();
  }

  static std::string text_of(std::span<const Address> list) {
    std::string text;
    for (const Address& address : list)
      text.append(text.empty() ? "" : " ").append(address.ip_to_string());
    return text;
  }

  /// "www.example.com/1", names and types in the order in which they came; types of one name sorted.
  std::vector<std::string> asked() {
    std::vector<std::string> list;
    for (const std::string& query : server_->over_udp())
      list.push_back(name_in(query) + '/' + std::to_string(type_in(query)));
    return list;
  }

  Config config_;
  std::string hosts_;

 private:
  void serve(const Visit& visit) {
    const auto found = world_.find({name_in(visit.query()), type_in(visit.query())});
    const std::string answer = found == world_.end() ? error(visit.query(), 3) : found->second(visit.query());
    if (!answer.empty()) visit.send(answer);
  }

  contract::TemporaryDirectory directory_;
  std::map<std::pair<std::string, unsigned>, Reply> world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Resolver> resolver_;
};
INSTANTIATE_TEST_SUITE_P(Backends, Lookups, testing::Values(Backend::io_uring, Backend::epoll), contract::backend_name);

const Reply one = [](auto& query) { return ipv4(query, 1); };
const Reply one_ipv6 = [](auto& query) { return ipv6(query, 1); };
const Reply nothing = [](auto& query) { return no_data(query); };
const Reply failure = [](auto& query) { return error(query, 2); };
const Reply silence = [](auto&) { return std::string(); };

TEST_P(Lookups, BothFamiliesCount) {
  has_ipv4("www.example.com", one);
  has_ipv6("www.example.com", one_ipv6);
  EXPECT_EQ(addresses_of("www.example.com"), "2001:db8::1 192.0.2.1");
  EXPECT_EQ(addresses_of("www.example.com", {.families = Families::ipv4}), "192.0.2.1");
  EXPECT_EQ(addresses_of("www.example.com", {.families = Families::ipv6}), "2001:db8::1");
  EXPECT_EQ(asked().size(), 4U);
}

TEST_P(Lookups, OneFamilyIsEnough) {
  for (const Reply& other : {nothing, failure, silence}) {
    has_ipv4("www.example.com", one);
    has_ipv6("www.example.com", other);
    EXPECT_EQ(addresses_of("www.example.com"), "192.0.2.1");
    has_ipv4("www.example.com", other);
    has_ipv6("www.example.com", one_ipv6);
    EXPECT_EQ(addresses_of("www.example.com"), "2001:db8::1");
  }
}

TEST_P(Lookups, TheFirstFamilyIsToldWhileTheOtherIsSilent) {
  has_ipv4("www.example.com", one);
  has_ipv6("www.example.com", silence);
  std::string told;
  Lookup::Progress progress{.function =
                                [](void* context, int family, std::span<const Address> addresses) {
                                  EXPECT_EQ(family, AF_INET);
                                  *static_cast<std::string*>(context) += text_of(addresses);
                                },
                            .context = &told};
  Lookup lookup(resolver());
  contract::Recorder<Addresses> done;
  lookup.lookup("www.example.com", {.progress = progress}, bind(done));
  ASSERT_TRUE(run_until([&] { return !told.empty(); }));
  EXPECT_EQ(told, "192.0.2.1");
  EXPECT_EQ(done.calls, 0);
  lookup.cancel();
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(contract::failed_with(done, evt::Errc::canceled));
}

TEST_P(Lookups, WhatIsNotThereIsSaid) {
  has("empty.example.com", nothing);
  has("broken.example.com", failure);
  has_ipv4("half.example.com", nothing);
  has_ipv6("half.example.com", failure);
  EXPECT_EQ(find("absent.example.com").error().code, Failure::no_such_name);
  EXPECT_EQ(find("empty.example.com").error().code, Failure::no_data);
  EXPECT_EQ(find("broken.example.com").error().code, Failure::server_failure);
  EXPECT_EQ(find("half.example.com").error().code, Failure::server_failure);
}

TEST_P(Lookups, SilenceEndsWithATimeout) {
  has("www.example.com", silence);
  config_.search = {"example.org"};
  EXPECT_EQ(find("www.example.com").error().code, std::errc::timed_out);
  // Who says nothing is not asked for the rest of the search list.
  EXPECT_EQ(asked().size(), 2U);
}

TEST_P(Lookups, ShortNamesAreSearchedFirst) {
  config_.search = {"a.example", "b.example", "c.example"};
  has("host.b.example", nothing);
  has_ipv4("host.c.example", one);
  EXPECT_EQ(addresses_of("host"), "192.0.2.1");
  EXPECT_EQ(find("host")->name, "host.c.example");
  auto names = asked();
  ASSERT_EQ(names.size(), 12U);
  EXPECT_TRUE(names[0].starts_with("host.a.example/"));
  EXPECT_TRUE(names[2].starts_with("host.b.example/"));
  EXPECT_TRUE(names[4].starts_with("host.c.example/"));
}

TEST_P(Lookups, NamesWithDotsAreAskedAsTheyAreFirst) {
  config_.search = {"example"};
  has_ipv4("a.b.example", one);
  EXPECT_EQ(addresses_of("a.b"), "192.0.2.1");
  EXPECT_TRUE(asked().front().starts_with("a.b/"));
}

TEST_P(Lookups, NdotsSaysHowManyDotsAreEnough) {
  config_.search = {"example"};
  config_.ndots = 2;
  has_ipv4("a.b.example", one);
  EXPECT_EQ(addresses_of("a.b"), "192.0.2.1");
  EXPECT_TRUE(asked().front().starts_with("a.b.example/"));
}

TEST_P(Lookups, ADotAtTheEndEndsTheName) {
  config_.search = {"example"};
  has_ipv4("host.example", one);
  EXPECT_EQ(find("host.").error().code, Failure::no_such_name);
  EXPECT_EQ(asked().size(), 2U);
}

TEST_P(Lookups, AFailureInTheSearchListIsNotTakenForAbsence) {
  config_.search = {"a.example", "b.example"};
  has("host.a.example", failure);
  EXPECT_EQ(find("host").error().code, Failure::server_failure);
  has_ipv4("other.b.example", one);
  has("other.a.example", failure);
  EXPECT_EQ(addresses_of("other"), "192.0.2.1");
}

TEST_P(Lookups, AliasesInTheAnswerAreFollowed) {
  const auto both = [](const std::string& query) {
    const std::string address = wire_of("real.example") + record(type_a, octets({192, 0, 2, 7})).substr(2);
    return reply(query, {.answers = address + record(type_cname, wire_of("real.example")), .answer_count = 2});
  };
  has_ipv4("www.example.com", both);
  EXPECT_EQ(addresses_of("www.example.com", {.families = Families::ipv4}), "192.0.2.7");
  EXPECT_EQ(asked().size(), 1U);
}

TEST_P(Lookups, AliasesThatTheServerDoesNotFollowAreAskedFor) {
  has("www.example.com", [](auto& query) { return alias(query, "real.example"); });
  has_ipv4("real.example", one);
  has_ipv6("real.example", nothing);
  EXPECT_EQ(addresses_of("www.example.com"), "192.0.2.1");
}

TEST_P(Lookups, AliasesDoNotGoOnForEver) {
  has("a.example", [](auto& query) { return alias(query, "b.example"); });
  has("b.example", [](auto& query) { return alias(query, "a.example"); });
  has("self.example", [](auto& query) { return alias(query, "self.example"); });
  EXPECT_EQ(find("a.example").error().code, Failure::alias_loop);
  EXPECT_EQ(asked().size(), 2U * 17U);
  EXPECT_EQ(find("self.example").error().code, Failure::alias_loop);
}

TEST_P(Lookups, AddressesOfOtherNamesDoNotCount) {
  has_ipv4("www.example.com", [](const std::string& query) {
    const std::string other = wire_of("other.example") + record(type_a, octets({192, 0, 2, 66})).substr(2);
    return reply(query, {.answers = other + record(type_a, octets({192, 0, 2, 1})), .answer_count = 2});
  });
  EXPECT_EQ(addresses_of("www.example.com", {.families = Families::ipv4}), "192.0.2.1");
}

TEST_P(Lookups, LiteralsAskNobody) {
  EXPECT_EQ(addresses_of("192.0.2.9"), "192.0.2.9");
  EXPECT_EQ(addresses_of("127.1"), "127.0.0.1");
  EXPECT_EQ(addresses_of("::1"), "::1");
  EXPECT_EQ(find("fe80::1%lo")->list.front().scope(), 1U);
  EXPECT_EQ(find("192.0.2.9", {.families = Families::ipv6}).error().code, Failure::no_data);
  EXPECT_TRUE(asked().empty());
}

TEST_P(Lookups, HostsAsksNobody) {
  hosts_ = "192.0.2.5 box alias\n2001:db8::5 box\n192.0.2.6 box # and more\n";
  EXPECT_EQ(addresses_of("box"), "192.0.2.5 2001:db8::5 192.0.2.6");
  EXPECT_EQ(addresses_of("BOX", {.families = Families::ipv6}), "2001:db8::5");
  EXPECT_EQ(addresses_of("alias"), "192.0.2.5");
  EXPECT_EQ(find("alias", {.families = Families::ipv6}).error().code, Failure::no_data);
  EXPECT_TRUE(asked().empty());
}

TEST_P(Lookups, SpecialNamesAskNobody) {
  for (const char* name : {"localhost", "LocalHost.", "a.b.localhost"}) {
    EXPECT_EQ(addresses_of(name), "::1 127.0.0.1") << name;
  }
  for (const char* name : {"a.invalid", "invalid.", "x.onion"}) {
    EXPECT_EQ(find(name).error().code, Failure::no_such_name) << name;
  }
  EXPECT_TRUE(asked().empty());
}

TEST_P(Lookups, NamesOfOtherScriptsAreAskedInAscii) {
  has_ipv4("xn--bcher-kva.example", one);
  EXPECT_EQ(addresses_of("bücher.example"), "192.0.2.1");
}

TEST_P(Lookups, WhatIsNoNameIsRefused) {
  EXPECT_EQ(find("").error().code, std::errc::invalid_argument);
  EXPECT_EQ(find(std::string_view("a\0b", 3)).error().code, std::errc::invalid_argument);
  EXPECT_EQ(find("a..b").error().code, std::errc::invalid_argument);
  EXPECT_EQ(find(std::string(64, 'x')).error().code, std::errc::invalid_argument);
  EXPECT_TRUE(asked().empty());
}

TEST_P(Lookups, OptionsOfResolvConfAreHeard) {
  config_.no_aaaa = true;
  has_ipv4("www.example.com", one);
  EXPECT_EQ(addresses_of("www.example.com"), "192.0.2.1");
  EXPECT_EQ(asked(), std::vector<std::string>{"www.example.com/1"});
}

TEST_P(Lookups, SingleRequestAsksOneAfterTheOther) {
  config_.single_request = true;
  has_ipv4("www.example.com", one);
  has_ipv6("www.example.com", one_ipv6);
  EXPECT_EQ(addresses_of("www.example.com"), "2001:db8::1 192.0.2.1");
  EXPECT_EQ(asked(), (std::vector<std::string>{"www.example.com/1", "www.example.com/28"}));
}

TEST_P(Lookups, CancelAndDestructorEndBothQuestions) {
  has("www.example.com", silence);
  {
    Lookup lookup(resolver());
    contract::Recorder<Addresses> done;
    lookup.lookup("www.example.com", bind(done));
    ASSERT_TRUE(run_until([&] { return asked().size() == 2; }));
    lookup.cancel();
    ASSERT_TRUE(run_until_called(done));
    EXPECT_TRUE(contract::failed_with(done, evt::Errc::canceled));
    lookup.lookup("www.example.com", bind(done));
    ASSERT_TRUE(run_until([&] { return asked().size() == 4; }));
    EXPECT_FALSE(lookup.cancel_sync().has_value());
    lookup.lookup("www.example.com", bind(done));
    turns();
  }
  turns();
}

TEST_P(Lookups, ALookupIsUsedAgain) {
  has_ipv4("www.example.com", one);
  Lookup lookup(resolver());
  contract::Recorder<Addresses> done;
  done.then = [&] { return done.calls < 3 ? Action::rearm : Action::disarm; };
  lookup.lookup("www.example.com", bind(done));
  ASSERT_TRUE(run_until_called(done, 3));
  EXPECT_EQ(text_of(done.result->value().list), "192.0.2.1");
}

}  // namespace
}  // namespace evt::dns::test
