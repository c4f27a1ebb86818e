/// A question to a server that misbehaves, and what has to become of it: one row a behaviour.
#pragma once

#include "contract/fixture.hpp"
#include "dns/craft.hpp"
#include "dns/server.hpp"
#include <evt/dns/query.hpp>

#include <functional>
#include <string>
#include <vector>

namespace evt::dns::test {

/// What a query came to, the message by value.
struct Outcome {
  Error error;
  Rcode rcode{};
  std::string text;  ///< The last address of the answer, "" without one.
  bool truncated = false;
  Transport transport{};
  unsigned tries = 0;
  Address server;
  bool answered = false;
};

/// What is to be seen.
struct Expected {
  std::error_code error;  ///< None: there is an answer.
  Rcode rcode = Rcode::noerror;
  std::string text = "192.0.2.1";
  Transport transport = Transport::udp;
  unsigned tries = 1;  ///< 0: whatever.
};

struct Behaviour {
  std::string name;
  Handler udp;
  Handler tcp{};
  Expected expected{};
  std::function<void(QueryOptions&)> options{};
  bool tcp_at_once = false;
};

/// Asks for www.example.com A. Silence is taken for it after 200 ms, so that where no time-out is expected a test that
/// met one fails by its tries.
class Hostile : public contract::Contract {
 protected:
  static QueryOptions options_for(std::vector<Address> servers);
  Outcome ask(const QueryOptions& options);
  void check(const Behaviour& behaviour);
};

void expect(const Outcome& outcome, const Expected& expected);

std::error_code system_error(int number);

}  // namespace evt::dns::test

// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared cannot stand in parentheses.
/// Suite `name`: every row of the tables, over every real engine.
#define EVT_HOSTILE_SUITE(name, ...)                                                           \
  class name : public ::evt::dns::test::Hostile {};                                            \
  INSTANTIATE_TEST_SUITE_P(Backends, name, testing::Values(Backend::io_uring, Backend::epoll), \
                           contract::backend_name);                                            \
  TEST_P(name, EveryBehaviour) {                                                               \
    for (const auto& table : {__VA_ARGS__})                                                    \
      for (const Behaviour& behaviour : table)                                                 \
        check(behaviour);                                                                      \
  }
// NOLINTEND(bugprone-macro-parentheses)
