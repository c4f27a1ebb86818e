/// Errors that servers speak out, EDNS they do not know, cookies they insist on.
#include "dns/hostile.hpp"

#include <cerrno>
#include <set>

namespace evt::dns::test {
namespace {

constexpr unsigned formerr = 1;
constexpr unsigned servfail = 2;
constexpr unsigned nxdomain = 3;
constexpr unsigned notimp = 4;
constexpr unsigned refused = 5;
constexpr unsigned cookie_option = 10;
constexpr unsigned badcookie_low = 7;  // 23 = 1 << 4 | 7
constexpr unsigned badvers_low = 0;    // 16 = 1 << 4 | 0

Handler says(unsigned rcode) {
  return [rcode](const Visit& visit) { visit.send(error(visit.query(), rcode)); };
}

std::string headless(const std::string& query, unsigned rcode) {
  return with_word(error(query, rcode).substr(0, 12), counts_at, 0);
}

/// What this server says to EDNS; without it, the truth.
Handler without_edns(std::function<void(const Visit&)> otherwise) {
  return [otherwise = std::move(otherwise)](const Visit& visit) {
    if (has_opt(visit.query())) return otherwise(visit);
    visit.send(honest(visit.query()));
  };
}

Expected gives(Rcode rcode, unsigned tries = 1) {
  return {.rcode = rcode, .text = "", .tries = tries};
}

std::string with_cookie(const std::string& query, const std::string& server_cookie, unsigned low, unsigned high,
                        bool answers) {
  const std::string cookie = option_of(query, cookie_option).substr(0, 8) + server_cookie;
  return reply(query, {.rcode = low,
                       .answers = answers ? record(1, octets({192, 0, 2, 1})) : "",
                       .answer_count = answers ? 1U : 0U,
                       .additionals = opt(option(cookie_option, cookie), high),
                       .additional_count = 1});
}

/// Insists on its cookie.
void insist(const Visit& visit) {
  const std::string server_cookie = "a server cookie!";
  const bool has = option_of(visit.query(), cookie_option).substr(8) == server_cookie;
  visit.send(with_cookie(visit.query(), server_cookie, has ? 0 : badcookie_low, has ? 0 : 1, has));
}

std::vector<Behaviour> behaviours() {
  return {
      {.name = "no such name", .udp = says(nxdomain), .expected = gives(Rcode::nxdomain)},
      {.name = "SERVFAIL is the answer where nobody knows better",
       .udp = says(servfail),
       .expected = gives(Rcode::servfail)},
      {.name = "REFUSED is not asked again",
       .udp = says(refused),
       .expected = gives(Rcode::refused),
       .options = [](QueryOptions& options) { options.rounds = 3; }},
      {.name = "an error of a number nobody knows", .udp = says(12), .expected = gives(Rcode{12})},
      {.name = "REFUSED without the question",
       .udp = [](const Visit& visit) { visit.send(headless(visit.query(), refused)); },
       .expected = gives(Rcode::refused)},
      {.name = "REFUSED without the question and with another id",
       .udp = [](const Visit& visit) { visit.send(other_id(headless(visit.query(), refused))); },
       .expected = {.error = system_error(ETIMEDOUT)}},
      {.name = "FORMERR to EDNS",
       .udp = without_edns([](const Visit& visit) { visit.send(error(visit.query(), formerr)); }),
       .expected = {.tries = 2}},
      {.name = "FORMERR without the question to EDNS",
       .udp = without_edns([](const Visit& visit) { visit.send(headless(visit.query(), formerr)); }),
       .expected = {.tries = 2}},
      {.name = "NOTIMP to EDNS",
       .udp = without_edns([](const Visit& visit) { visit.send(error(visit.query(), notimp)); }),
       .expected = {.tries = 2}},
      {.name = "BADVERS to EDNS",
       .udp = without_edns([](const Visit& visit) {
         visit.send(reply(visit.query(), {.rcode = badvers_low, .additionals = opt("", 1), .additional_count = 1}));
       }),
       .expected = {.tries = 2}},
      {.name = "silence to EDNS",
       .udp = without_edns([](const Visit&) {}),
       .expected = {.tries = 3},
       .options = [](QueryOptions& options) { options.rounds = 3; }},
      {.name = "FORMERR to everything", .udp = says(formerr), .expected = gives(Rcode::formerr, 2)},
      {.name = "NOTIMP to everything", .udp = says(notimp), .expected = gives(Rcode::notimp, 2)},
      {.name = "an answer without EDNS to a question with it",
       .udp = [](const Visit& visit) { visit.send(honest(visit.query())); }},
      {.name = "a cookie, and an answer",
       .udp = [](const Visit& visit) { visit.send(with_cookie(visit.query(), "8 octets", 0, 0, true)); }},
      {.name = "a client cookie that comes back alone",
       .udp = [](const Visit& visit) { visit.send(with_cookie(visit.query(), "", 0, 0, true)); }},
      {.name = "BADCOOKIE, and the cookie with it", .udp = insist, .expected = {.tries = 2}},
      {.name = "BADCOOKIE for ever, until TCP",
       .udp = [](const Visit& visit) { visit.send(with_cookie(visit.query(), "8 octets", badcookie_low, 1, false)); },
       .tcp = [](const Visit& visit) { visit.send_framed(honest(visit.query())); },
       .expected = {.transport = Transport::tcp, .tries = 3}},
      {.name = "BADCOOKIE without a cookie",
       .udp =
           [](const Visit& visit) {
             visit.send(
                 reply(visit.query(), {.rcode = badcookie_low, .additionals = opt("", 1), .additional_count = 1}));
           },
       .expected = gives(Rcode::badcookie)},
  };
}

EVT_HOSTILE_SUITE(HostileErrors, behaviours());

/// Several servers: who is asked, in which order, and whose word counts.
class SeveralServers : public Hostile {
 protected:
  /// Answers in the end come from `second`, the honest one.
  void expect_second(const Address& first, unsigned tries) {
    const Server second({.udp = [](const Visit& visit) { visit.send(honest(visit.query())); }});
    const Outcome outcome = ask(options_for({first, second.address()}));
    expect(outcome, {.tries = tries});
    EXPECT_EQ(outcome.server, second.address());
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, SeveralServers, testing::Values(Backend::io_uring, Backend::epoll),
                         contract::backend_name);

TEST_P(SeveralServers, ARefusalGoesOnToTheNextAtOnce) {
  expect_second(nobody(), 2);
}

TEST_P(SeveralServers, SilenceGoesOnToTheNext) {
  const Server silent({.udp = {}});
  expect_second(silent.address(), 2);
}

TEST_P(SeveralServers, ErrorsGoOnToTheNext) {
  for (const unsigned rcode : {servfail, refused}) {
    const Server failing({.udp = says(rcode)});
    expect_second(failing.address(), 2);
  }
}

TEST_P(SeveralServers, WhatCannotBeReadGoesOnToTheNext) {
  const Server broken(
      {.udp = [](const Visit& visit) { visit.send(with_word(honest(visit.query()), counts_at + 2, 9)); }});
  expect_second(broken.address(), 2);
}

TEST_P(SeveralServers, TruncationWithoutTcpGoesOnToTheNext) {
  const Server half({.udp = [](const Visit& visit) { visit.send(reply(visit.query(), {.flags = 0x8380})); }});
  expect_second(half.address(), 3);
}

TEST_P(SeveralServers, AnErrorSaysMoreThanSilence) {
  const Server silent({.udp = {}});
  const Server failing({.udp = says(servfail)});
  const Outcome outcome = ask(options_for({failing.address(), silent.address(), nobody()}));
  expect(outcome, {.rcode = Rcode::servfail, .text = "", .tries = 3});
  EXPECT_EQ(outcome.server, failing.address());
}

TEST_P(SeveralServers, NoSuchNameIsAnAnswer) {
  const Server denying({.udp = says(nxdomain)});
  const Server honest_one({.udp = [](const Visit& visit) { visit.send(honest(visit.query())); }});
  expect(ask(options_for({denying.address(), honest_one.address()})), gives(Rcode::nxdomain));
  EXPECT_TRUE(honest_one.over_udp().empty());
}

TEST_P(SeveralServers, EachIsAskedInEachRound) {
  const Server first({.udp = {}});
  const Server second({.udp = {}});
  QueryOptions options = options_for({first.address(), second.address()});
  options.timeout = 50ms;
  options.rounds = 3;
  options.first_server = 1;
  expect(ask(options), {.error = system_error(ETIMEDOUT)});
  EXPECT_EQ(first.over_udp().size(), 3U);
  EXPECT_EQ(second.over_udp().size(), 3U);
}

TEST_P(SeveralServers, EveryTryHasAnIdOfItsOwn) {
  const Server silent({.udp = {}});
  QueryOptions options = options_for({silent.address()});
  options.timeout = 10ms;
  options.rounds = 8;
  ask(options);
  std::set<std::string> ids;
  for (const std::string& query : silent.over_udp())
    ids.insert(query.substr(0, 2));
  EXPECT_EQ(silent.over_udp().size(), 8U);
  // Two of them are the same by chance once in 2 300 runs, and then two more once in as many.
  EXPECT_GE(ids.size(), 6U);
}

TEST_P(SeveralServers, WithoutAnyNothingIsAsked) {
  expect(ask(options_for({})), {.error = system_error(EINVAL)});
}

}  // namespace
}  // namespace evt::dns::test
