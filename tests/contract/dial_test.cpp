/// Dial: lookups of both families, attempts that race, and what is left of those who lose.
#include "contract/fixture.hpp"
#include "contract/sockets.hpp"
#include "dial/names.hpp"
#include <evt/dial.hpp>
#include <evt/timer.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Dialing);

using DialRecorder = Recorder<Dialed>;
using Names = std::vector<Address>;
using Outcome = DialAttempt::Outcome;

/// What is answered for one family, and when; never: not at all.
struct Answer {
  nanoseconds after{0};
  Result<Names> addresses = Names{};
};

Answer failing(nanoseconds after) {
  return {after, std::unexpected(errno_error("lookup", ENOENT))};
}

struct Host {
  Answer ipv6;
  Answer ipv4;
};

/// Names by a script.
class Script final : public detail::DialNames {
 public:
  explicit Script(Loop& loop) : ipv6_(loop), ipv4_(loop) {
    ipv6_.unref();
    ipv4_.unref();
  }

  void find_addresses(const std::string& name, int family, Client& client) override {
    asked.push_back(name);
    client_ = &client;
    host_ = &hosts.at(name);
    open_ = 0;
    if (family != AF_INET) ask(ipv6_, host_->ipv6, bind<&Script::on_ipv6>(*this));
    if (family != AF_INET6) ask(ipv4_, host_->ipv4, bind<&Script::on_ipv4>(*this));
  }
  void find_services(const std::string& name, Client& client) override {
    asked.push_back(name);
    client_ = &client;
    ipv4_.after(1ms, bind<&Script::on_services>(*this));
  }
  void stop() noexcept override {
    ipv6_.cancel_sync();
    ipv4_.cancel_sync();
  }

  std::map<std::string, Host> hosts;
  Result<std::vector<detail::ServiceRecord>> services;
  std::vector<std::string> asked;

 private:
  void ask(Timer& timer, const Answer& answer, Timer::Done done) {
    ++open_;
    timer.after(answer.after, done);
  }
  void on_ipv6() { tell(AF_INET6, host_->ipv6); }
  void on_ipv4() { tell(AF_INET, host_->ipv4); }
  void tell(int family, const Answer& answer) {
    client_->on_addresses(family, answer.addresses);
    if (--open_ == 0) client_->on_end();
  }
  void on_services() {
    client_->on_services(services);
    client_->on_end();
  }

  Timer ipv6_;
  Timer ipv4_;
  Client* client_ = nullptr;
  const Host* host_ = nullptr;
  int open_ = 0;
};

/// A Dial over a script, and what it told.
struct Call {
  explicit Call(Loop& loop) : Call(loop, std::make_unique<Script>(loop)) {}
  Call(Loop& loop, std::unique_ptr<Script> made) : script(*made), dial(loop, std::move(made)) {
    // Nothing that takes longer may be what is measured.
    options.timeout = 8s;
  }

  Ticket to(const char* name, std::uint16_t port = 80) { return dial.dial(DialHost{name, port}, options, bind(done)); }
  Ticket to(DialTarget target) { return dial.dial(std::move(target), options, bind(done)); }

  Script& script;
  Dial dial;
  DialOptions options;
  DialRecorder done;
};

/// A port of 127.0.0.1 or ::1 where nobody listens.
Address refusing(const Address& any) {
  return local_address(make_listener(any).get()).value();
}

nanoseconds duration_of(const DialAttempt& attempt) {
  return attempt.ended - attempt.started;
}

TEST_P(Dialing, AnAddressIsConnectedWithoutAQuestion) {
  Server server(loop());
  Call call(loop());
  ASSERT_TRUE(call.to(server.address));
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result) << call.done.result->error().message();
  EXPECT_EQ((*call.done.result)->peer, server.address);
  EXPECT_EQ(peer_address((*call.done.result)->socket.get()).value(), server.address);
  EXPECT_TRUE(call.dial.lookups().empty());
  ASSERT_EQ(call.dial.attempts().size(), 1U);
  EXPECT_EQ(call.dial.attempts()[0].outcome, Outcome::connected);
}

TEST_P(Dialing, AHostThatIsAnAddressIsNeverLookedUp) {
  Server server(loop());
  for (const char* text : {"127.0.0.1", "127.1", "0x7f.0.0.1", "2130706433"}) {
    Call call(loop());
    call.to(text, server.address.port());
    ASSERT_TRUE(run_until_called(call.done));
    EXPECT_TRUE(*call.done.result) << text;
  }
  for (const char* text : {"1.2.3.4.5", "300.1.1.1", "::x", "1"}) {
    Call call(loop());
    call.options.family = AF_INET6;
    call.to(text);
    ASSERT_TRUE(run_until_called(call.done));
    EXPECT_FALSE(*call.done.result) << text;
    EXPECT_TRUE(call.script.asked.empty());
    EXPECT_TRUE(call.dial.attempts().empty());
    EXPECT_STREQ(call.done.result->error().operation, "lookup");
  }
}

TEST_P(Dialing, AUnixSocketIsConnected) {
  const Address name = abstract_name();
  const Fd listener = make_listener(name);
  Call call(loop());
  call.options.nodelay = true;
  call.options.keepalive = Keepalive{};
  call.to(name);
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(*call.done.result);
}

TEST_P(Dialing, AFamilyWhoseAnswerNeverComesDelaysTheOtherByFiftyMilliseconds) {
  Server server(loop());
  Call call(loop());
  call.script.hosts["host"] = {.ipv6 = {.after = 1h}, .ipv4 = {.after = 1ms, .addresses = Names{server.address}}};
  call.to("host", server.address.port());
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  const nanoseconds begun = call.dial.attempts()[0].started - call.dial.started();
  EXPECT_GE(begun, 51ms);
  EXPECT_LT(begun, simulated() ? 60ms : 1s);  // A machine may be busy, a simulated one is not.
  ASSERT_EQ(call.dial.lookups().size(), 2U);
  EXPECT_FALSE(call.dial.lookups()[0].over);
  EXPECT_TRUE(call.dial.lookups()[1].over);
  EXPECT_EQ(call.dial.lookups()[1].addresses, Names{server.address});
}

TEST_P(Dialing, AFamilyThatHasNoAddressDelaysNothing) {
  Server server(loop());
  for (const Answer& none : {failing(3ms), Answer{.after = 3ms, .addresses = Names{}}}) {
    Call call(loop());
    call.options.resolution_delay = 1h;
    call.script.hosts["host"] = {.ipv6 = none, .ipv4 = {.after = 1ms, .addresses = Names{server.address}}};
    call.to("host", server.address.port());
    ASSERT_TRUE(run_until_called(call.done));
    EXPECT_TRUE(*call.done.result);
  }
}

TEST_P(Dialing, AddressesThatComeLateAreTriedToo) {
  const Fd listener = make_listener(Address::loopback_ipv6(0));
  const std::uint16_t port = local_address(listener.get())->port();
  Call call(loop());
  call.options.attempt_delay = 1h;
  call.script.hosts["host"] = {.ipv6 = {.after = 150ms, .addresses = Names{Address::loopback_ipv6(0)}},
                               .ipv4 = {.after = 1ms, .addresses = Names{Address::loopback_ipv4(0)}}};
  call.to("host", port);  // Refused over IPv4.
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  EXPECT_EQ((*call.done.result)->peer, Address::loopback_ipv6(port));
  ASSERT_EQ(call.dial.attempts().size(), 2U);
  EXPECT_EQ(call.dial.attempts()[0].error, std::errc::connection_refused);
}

TEST_P(Dialing, TheNextAttemptBeginsAtOnceWhenOneFails) {
  Server server(loop());
  const std::uint16_t port = server.address.port();
  Call call(loop());
  call.options.attempt_delay = 1h;
  Names addresses{Address::loopback_ipv6(0)};  // Nobody listens there.
  call.script.hosts["host"] = {.ipv6 = {.addresses = addresses}, .ipv4 = {.addresses = Names{server.address}}};
  call.to("host", port);
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  EXPECT_EQ(call.dial.attempts().size(), 2U);
}

TEST_P(Dialing, TheNextAttemptBeginsAfterTheDelayWhenOneDoesNotAnswer) {
  FullListener silent;
  Call call(loop());
  const std::uint16_t port = silent.address().port();
  const Fd listener = make_listener(Address::ipv4({htonl(0x7f000002)}, port));
  call.script.hosts["host"] = {.ipv6 = failing(0ms),
                               .ipv4 = {.addresses = Names{silent.address(), Address::ipv4({htonl(0x7f000002)}, 0)}}};
  call.to("host", port);
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  const auto attempts = call.dial.attempts();
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_GE(attempts[1].started - attempts[0].started, 250ms);
  EXPECT_LT(attempts[1].started - attempts[0].started, simulated() ? 260ms : 1s);
  EXPECT_EQ(attempts[0].outcome, Outcome::abandoned);
  EXPECT_EQ(attempts[1].outcome, Outcome::connected);
}

TEST_P(Dialing, EveryAddressIsTriedOnceAndItsErrorKept) {
  const Address dead = refusing(Address::loopback_ipv4(0));
  Call call(loop());
  Names addresses;
  for (std::uint32_t i = 1; i <= 50; ++i)
    addresses.push_back(Address::ipv4({htonl(0x7f000000 + i)}, 0));
  addresses.push_back(addresses.front());
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = addresses}};
  call.to("host", dead.port());
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(failed_with(call.done, std::errc::connection_refused));
  EXPECT_STREQ(call.done.result->error().operation, "connect");
  ASSERT_EQ(call.dial.attempts().size(), 50U);
  for (const DialAttempt& attempt : call.dial.attempts()) {
    EXPECT_EQ(attempt.outcome, Outcome::failed);
    EXPECT_EQ(attempt.error, std::errc::connection_refused);
    EXPECT_GE(duration_of(attempt), 0ns);
  }
}

TEST_P(Dialing, NoMoreThanSixtyFourAddressesAreTried) {
  const Address dead = refusing(Address::loopback_ipv4(0));
  Call call(loop());
  Names addresses;
  for (std::uint32_t i = 1; i <= 200; ++i)
    addresses.push_back(Address::ipv4({htonl(0x7f000000 + i)}, 0));
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = addresses}};
  call.to("host", dead.port());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::connection_refused));
  EXPECT_EQ(call.dial.attempts().size(), 64U);
}

TEST_P(Dialing, AnAttemptEndsAfterItsOwnTimeout) {
  FullListener silent;
  Call call(loop());
  call.options.attempt_timeout = 20ms;
  call.to(silent.address());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::timed_out));
  EXPECT_STREQ(call.done.result->error().operation, "connect");
  EXPECT_GE(duration_of(call.dial.attempts()[0]), 20ms);
}

TEST_P(Dialing, TheWholeEndsAfterItsTimeoutWhateverGoesOn) {
  FullListener silent;
  Call call(loop());
  call.options.timeout = 30ms;
  call.to(silent.address());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::timed_out));
  EXPECT_STREQ(call.done.result->error().operation, "dial");
  EXPECT_EQ(call.dial.attempts()[0].outcome, Outcome::abandoned);
  call.script.hosts["host"] = {.ipv6 = {.after = 1h}, .ipv4 = {.after = 1h}};
  call.to("host");
  ASSERT_TRUE(run_until_called(call.done, 2));
  EXPECT_EQ(call.done.result->error(), std::errc::timed_out);
  EXPECT_TRUE(call.dial.attempts().empty());
}

/// Listeners on many addresses of 127.0.0.0/8 with one port, none of which answers.
struct Silence {
  explicit Silence(std::uint32_t count) {
    std::uint16_t port = 0;
    for (std::uint32_t i = 1; i <= count; ++i) {
      listeners.push_back(make_listener(Address::ipv4({htonl(0x7f000100 + i)}, port), 0));
      const Address address = local_address(listeners.back().get()).value();
      port = address.port();
      names.push_back(address);
      fillers.push_back(connect_to(address));
      fillers.push_back(make_socket(AF_INET));
      (void)::connect(fillers.back().get(), address.data(), address.size());
    }
  }
  std::vector<Fd> listeners;
  std::vector<Fd> fillers;
  Names names;
};

TEST_P(Dialing, NoMoreThanEightAreUnderWayAndTheOldestGivesWay) {
  Silence silence(12);
  Call call(loop());
  call.options.attempt_delay = 5ms;
  call.options.timeout = 500ms;
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = silence.names}};
  call.to("host", silence.names[0].port());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::timed_out));
  const auto attempts = call.dial.attempts();
  ASSERT_EQ(attempts.size(), 12U);
  EXPECT_EQ(std::ranges::count(attempts, Outcome::failed, &DialAttempt::outcome), 4);
  EXPECT_EQ(std::ranges::count(attempts, Outcome::abandoned, &DialAttempt::outcome), 8);
  for (const DialAttempt& attempt : attempts.first(4)) {
    EXPECT_EQ(attempt.outcome, Outcome::failed);
    EXPECT_GE(duration_of(attempt), 8 * 5ms);
  }
}

TEST_P(Dialing, WithATimeoutOfItsOwnAnAttemptKeepsItsPlace) {
  Silence silence(4);
  Call call(loop());
  call.options.attempt_delay = 2ms;
  call.options.attempt_timeout = 60ms;
  call.options.most_at_once = 2;
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = silence.names}};
  call.to("host", silence.names[0].port());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::timed_out));
  ASSERT_EQ(call.dial.attempts().size(), 4U);
  for (const DialAttempt& attempt : call.dial.attempts())
    EXPECT_GE(duration_of(attempt), 60ms);
}

TEST_P(Dialing, WhereNoAddressIsFoundTheLookupSaysWhy) {
  Call call(loop());
  call.script.hosts["host"] = {.ipv6 = failing(1ms), .ipv4 = failing(2ms)};
  call.to("host");
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::no_such_file_or_directory));
  EXPECT_STREQ(call.done.result->error().operation, "lookup");
  EXPECT_TRUE(call.dial.attempts().empty());
  ASSERT_EQ(call.dial.lookups().size(), 2U);
  for (const DialLookup& lookup : call.dial.lookups())
    EXPECT_TRUE(lookup.over);
}

TEST_P(Dialing, OnlyTheFamilyThatIsWantedIsAskedForAndTried) {
  Server server(loop());
  Call call(loop());
  call.options.bind = Address::any_ipv4(0);
  call.script.hosts["host"] = {.ipv6 = failing(1h), .ipv4 = {.addresses = Names{server.address}}};
  call.to("host", server.address.port());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(*call.done.result);
  EXPECT_EQ(call.dial.lookups().size(), 1U);
}

TEST_P(Dialing, AnAddressOfTheOtherFamilyIsNotTried) {
  Server server(loop());
  Call call(loop());
  call.options.family = AF_INET6;
  call.to(server.address);
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::address_family_not_supported));
  EXPECT_TRUE(call.dial.attempts().empty());
}

TEST_P(Dialing, ComesFromWhereItIsBound) {
  Server server(loop());
  Call call(loop());
  call.options.bind = Address::ipv4({htonl(0x7f000009)}, 0);
  call.to(server.address);
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  EXPECT_EQ(local_address((*call.done.result)->socket.get())->with_port(0), *call.options.bind);
  call.options.bind = Address::ipv4({htonl(0xc0000201)}, 0);  // Not ours.
  call.to(server.address);
  ASSERT_TRUE(run_until_called(call.done, 2));
  EXPECT_EQ(call.done.result->error(), std::errc::address_not_available);
}

TEST_P(Dialing, ServersOfAServiceAreTriedByPriority) {
  Server server(loop());
  Call call(loop());
  call.script.hosts["dead"] = {.ipv6 = failing(1ms), .ipv4 = {.addresses = Names{Address::loopback_ipv4(0)}}};
  call.script.hosts["none"] = {.ipv6 = failing(1ms), .ipv4 = failing(1ms)};
  call.script.hosts["live"] = {.ipv6 = failing(1ms), .ipv4 = {.addresses = Names{Address::loopback_ipv4(0)}}};
  call.script.services = std::vector<detail::ServiceRecord>{
      {.priority = 9, .port = server.address.port(), .target = "live"},
      {.priority = 1, .port = refusing(Address::loopback_ipv4(0)).port(), .target = "dead"},
      {.priority = 2, .port = 1, .target = "none"},
      {.priority = 10, .port = 1, .target = "never"}};
  call.to(DialService{"_x._tcp.example"});
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result) << call.done.result->error().message();
  EXPECT_EQ((*call.done.result)->peer, server.address);
  EXPECT_EQ(call.script.asked, (std::vector<std::string>{"_x._tcp.example", "dead", "none", "live"}));
}

TEST_P(Dialing, AServiceWithMoreServersThanMayBeTriedComesToAnEnd) {
  Call call(loop());
  call.script.hosts["dead"] = {
      .ipv6 = failing(0ms),
      .ipv4 = {.addresses = Names{Address::loopback_ipv4(0), Address::ipv4({htonl(0x7f000002)}, 0)}}};
  const std::uint16_t port = refusing(Address::loopback_ipv4(0)).port();
  call.script.services = std::vector<detail::ServiceRecord>(5, {.port = port, .target = "dead"});
  call.options.most_attempts = 2;
  call.to(DialService{"_x._tcp.example"});
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_TRUE(failed_with(call.done, std::errc::connection_refused));
  EXPECT_EQ(call.dial.attempts().size(), 2U);
}

TEST_P(Dialing, AServiceThatIsNotToBeHadIsAnError) {
  Call call(loop());
  call.script.services = std::vector<detail::ServiceRecord>{{.target = ""}};
  call.to(DialService{"_x._tcp.example"});
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_STREQ(call.done.result->error().operation, "lookup");
  call.script.services = std::unexpected(errno_error("lookup", ENOENT));
  call.to(DialService{"_x._tcp.example"});
  ASSERT_TRUE(run_until_called(call.done, 2));
  EXPECT_EQ(call.done.result->error(), std::errc::no_such_file_or_directory);
}

TEST_P(Dialing, CancelEndsItInEveryState) {
  FullListener silent;
  Server server(loop());
  for (int turns_before = 0; turns_before < 6; ++turns_before) {
    Call call(loop());
    call.script.hosts["host"] = {.ipv6 = {.after = 1ns, .addresses = Names{Address::loopback_ipv6(0)}},
                                 .ipv4 = {.after = 1ns, .addresses = Names{silent.address(), server.address}}};
    call.to("host", silent.address().port());
    turns(turns_before);
    call.dial.cancel();
    call.dial.cancel();
    ASSERT_TRUE(run_until_called(call.done));
    EXPECT_TRUE(!*call.done.result);
    EXPECT_TRUE(call.dial.idle());
  }
}

TEST_P(Dialing, CancelSyncHandsBackAConnectionThatWon) {
  Server server(loop());
  bool won = false;
  for (int turns_before = 0; turns_before < 6; ++turns_before) {
    Call call(loop());
    call.to(server.address);
    turns(turns_before);
    if (call.done.calls != 0) break;
    if (auto result = call.dial.cancel_sync()) {
      ASSERT_TRUE(*result);
      EXPECT_EQ((*result)->peer, server.address);
      won = true;
    }
    EXPECT_TRUE(call.dial.idle());
    EXPECT_EQ(call.done.calls, 0);
  }
  (void)won;  // Whether it wins is the kernel's business; what counts is that no descriptor is left open.
}

TEST_P(Dialing, DestroyedUnderWayItLeavesNothingOpen) {
  Silence silence(6);
  const std::size_t before = count_descriptors();
  {
    Call call(loop());
    call.options.attempt_delay = 1ns;
    call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = silence.names}};
    call.to("host", silence.names[0].port());
    ASSERT_TRUE(run_until([&] { return call.dial.attempts().size() == 6; }));
    EXPECT_GE(count_descriptors(), before + 6);
  }
  EXPECT_EQ(count_descriptors(), before);
}

TEST_P(Dialing, OutlivesItsLoop) {
  Silence silence(3);
  const std::size_t before = count_descriptors();
  Call call(loop());
  call.options.attempt_delay = 1ns;
  call.script.hosts["host"] = {.ipv6 = {.after = 1h}, .ipv4 = {.addresses = silence.names}};
  call.options.resolution_delay = 1ns;
  call.to("host", silence.names[0].port());
  ASSERT_TRUE(run_until([&] { return call.dial.attempts().size() == 3; }));
  destroy_loop();
  EXPECT_LE(count_descriptors(), before);
  EXPECT_TRUE(call.dial.idle());
  EXPECT_EQ(call.done.calls, 0);
  EXPECT_EQ(call.to("host").error(), Errc::no_loop);
}

TEST_P(Dialing, LosersAreClosedBeforeTheCallback) {
  Server server(loop());
  Silence silence(5);
  const std::size_t before = count_descriptors();
  Call call(loop());
  call.options.attempt_delay = 1ms;
  Names addresses = silence.names;
  const Fd listener = make_listener(Address::ipv4({htonl(0x7f000201)}, silence.names[0].port()));
  addresses.push_back(Address::ipv4({htonl(0x7f000201)}, 0));
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = addresses}};
  std::size_t during = 0;
  call.done.then = [&] {
    during = count_descriptors();
    return Action::disarm;
  };
  call.to("host", silence.names[0].port());
  ASSERT_TRUE(run_until_called(call.done));
  ASSERT_TRUE(*call.done.result);
  EXPECT_EQ(during, before + 2);  // The listener of this case and the winner.
}

TEST_P(Dialing, RearmDialsAgain) {
  Server server(loop());
  Call call(loop());
  call.script.hosts["host"] = {.ipv6 = failing(0ms), .ipv4 = {.addresses = Names{server.address}}};
  call.done.then = [&] { return call.done.calls < 3 ? Action::rearm : Action::disarm; };
  call.to("host", server.address.port());
  ASSERT_TRUE(run_until_called(call.done, 3));
  EXPECT_EQ(call.script.asked.size(), 3U);
  EXPECT_EQ(call.dial.attempts().size(), 1U);
}

TEST_P(Dialing, IsBusyWhileItGoesOn) {
  FullListener silent;
  Call call(loop());
  ASSERT_TRUE(call.to(silent.address()));
  const Ticket second = call.to("other");
  EXPECT_FALSE(second);
  EXPECT_EQ(second.error(), Errc::busy);
  turns();
  EXPECT_EQ(call.dial.attempts().size(), 1U);
}

TEST_P(Dialing, EveryLookupAndAttemptIsTraced) {
  Server server(loop());
  Call call(loop());
  std::string seen;
  call.dial.set_trace({[](void* context, const Dial& dial, DialEvent event) {
                         auto& text = *static_cast<std::string*>(context);
                         text += "LlAa"[static_cast<std::size_t>(event.kind)] + std::to_string(event.index);
                         const bool lookup = event.kind <= DialEvent::Kind::lookup_ended;
                         EXPECT_LT(event.index, lookup ? dial.lookups().size() : dial.attempts().size());
                       },
                       &seen});
  call.script.hosts["host"] = {.ipv6 = {.after = 1ms, .addresses = Names{Address::loopback_ipv6(0)}},
                               .ipv4 = {.after = 20ms, .addresses = Names{server.address}}};
  call.to("host", server.address.port());
  ASSERT_TRUE(run_until_called(call.done));
  EXPECT_EQ(seen, "L0L1l0A0a0l1A1a1");
}

TEST_P(Dialing, WithoutAResolverNamesAreNotFound) {
  Dial dial(loop());
  DialRecorder done;
  dial.dial(DialHost{"host", 80}, bind(done));
  EXPECT_EQ(done.calls, 0);
  ASSERT_TRUE(run_until_called(done));
  EXPECT_TRUE(failed_with(done, std::errc::no_such_file_or_directory));
}

}  // namespace
}  // namespace evt::contract
