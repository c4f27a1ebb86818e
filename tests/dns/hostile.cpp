/// Hostile: asks, and compares what came of it with the row of the table.
#include "dns/hostile.hpp"

#include <evt/dns/cookie.hpp>

namespace evt::dns::test {

namespace {

Outcome outcome_of(const Result<Answer>& answer) {
  Outcome outcome;
  if (!answer) {
    outcome.error = answer.error();
    return outcome;
  }
  outcome.answered = true;
  outcome.rcode = answer->message.rcode();
  outcome.truncated = answer->message.header().truncated();
  outcome.transport = answer->transport;
  outcome.tries = answer->tries;
  outcome.server = answer->server;
  for (const Record& record : answer->message.answers()) {
    if (const auto address = record.address(0)) outcome.text = address->ip_to_string();
  }
  return outcome;
}

}  // namespace

std::error_code system_error(int number) {
  return {number, std::system_category()};
}

QueryOptions Hostile::options_for(std::vector<Address> servers) {
  QueryOptions options;
  options.servers = std::move(servers);
  options.timeout = 200ms;
  options.rounds = 1;
  return options;
}

Outcome Hostile::ask(const QueryOptions& options) {
  Query query(loop());
  Outcome outcome;
  int calls = 0;
  auto done = [&](Result<Answer> answer) {
    ++calls;
    outcome = outcome_of(answer);
  };
  EXPECT_TRUE(query.ask({.name = Name::parse("www.example.com").value()}, options, bind(done)));
  EXPECT_TRUE(run_until([&] { return calls > 0; }));
  turns(2);
  EXPECT_EQ(calls, 1);
  return outcome;
}

void expect(const Outcome& outcome, const Expected& expected) {
  if (expected.error) {
    EXPECT_FALSE(outcome.answered) << outcome.text;
    EXPECT_EQ(outcome.error.code, expected.error) << outcome.error.message();
    return;
  }
  ASSERT_TRUE(outcome.answered) << outcome.error.message();
  EXPECT_EQ(outcome.rcode, expected.rcode);
  EXPECT_EQ(outcome.text, expected.text);
  EXPECT_EQ(outcome.transport, expected.transport);
  if (expected.tries != 0) {
    EXPECT_EQ(outcome.tries, expected.tries);
  }
}

void Hostile::check(const Behaviour& behaviour) {
  SCOPED_TRACE(behaviour.name);
  CookieJar cookies;
  const Server server({.udp = behaviour.udp, .tcp = behaviour.tcp, .tcp_at_once = behaviour.tcp_at_once});
  QueryOptions options = options_for({server.address()});
  options.cookies = &cookies;
  if (behaviour.options) behaviour.options(options);
  expect(ask(options), behaviour.expected);
}

}  // namespace evt::dns::test
