/// What goes on inside a Dial: lookups that bring candidates, and attempts that race.
#pragma once

#include "dial/names.hpp"
#include "dial/order.hpp"
#include "dial/service_order.hpp"
#include <evt/dial.hpp>
#include <evt/file.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>
#include <evt/timer.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace evt {

struct Dial::Race final : detail::DialNames::Client {
  /// One attempt under way: the place it takes, used again by others.
  struct Try {
    explicit Try(Race& race);

    void on_connected(const Result<std::size_t>& result) { race.on_connected(*this, result); }
    void on_timeout() { race.on_timeout(*this); }

    Race& race;
    File file;
    IoRequest request{file};
    Timer timer;
    Address address;
    std::size_t attempt = 0;  // Its place in attempts.
    bool busy = false;
  };

  Race(Dial& dial, Loop& home, std::unique_ptr<detail::DialNames> source);

  void start();
  /// Ends everything; what has connected meanwhile is the winner.
  std::optional<Dialed> stop() noexcept;
  void end(Result<Dialed> result);

  // Lookups: lookup.cpp.
  void begin_target();
  void begin_address(const Address& address);
  void begin_host(const std::string& name, std::uint16_t port);
  bool begin_next_service();
  void on_addresses(int family, Result<std::vector<Address>> addresses) override;
  void on_services(Result<std::vector<detail::ServiceRecord>> records) override;
  void on_end() override;
  void on_resolution_delay();
  void take(DialLookup::Kind kind, std::vector<Address> addresses);
  void open_lookup(const std::string& name, DialLookup::Kind kind);
  DialLookup* find_open(DialLookup::Kind kind) noexcept;
  /// Nothing where no lookup of this kind is open.
  void close_lookup(DialLookup::Kind kind, const std::error_code& error);
  void refuse_lookup(const std::string& name, const std::error_code& error);
  void add(const Address& address);
  int family() const noexcept;
  bool asks(int family) const noexcept;

  // Attempts: race.cpp.
  void go() noexcept;
  void advance();
  bool begin(const Address& address);
  Try& free_try();
  Try* oldest() noexcept;
  std::size_t under_way() const noexcept;
  bool may_begin() noexcept;
  void on_connected(Try& attempt, const Result<std::size_t>& result);
  void on_timeout(Try& attempt);
  void on_delay();
  void on_limit();
  void lose(Try& attempt, DialAttempt::Outcome outcome, const std::error_code& error) noexcept;
  Dialed win(Try& attempt) noexcept;
  Error failure() const noexcept;
  void tell(DialEvent::Kind kind, std::size_t index) const;

  Dial& whole;
  Loop& loop;
  std::unique_ptr<detail::DialNames> names;
  DialTarget target;
  DialOptions options;

  std::vector<DialLookup> lookups;
  std::vector<DialAttempt> attempts;
  nanoseconds started{0};

  std::vector<detail::Candidate> candidates;   // Not tried yet, best first.
  std::deque<detail::ServiceRecord> services;  // Servers whose addresses were not asked for yet.
  std::vector<std::unique_ptr<Try>> tries;
  std::uint16_t port = 0;  // Of the host that is looked up.
  int last_family = AF_UNSPEC;
  bool looking_up = false;
  bool going = false;    // Candidates may be tried: the answers waited for are there.
  bool due = false;      // The next attempt may begin.
  bool pressed = false;  // The delay after the last one is over.
  Timer delay;
  Timer resolution_delay;
  Timer limit;
};

}  // namespace evt
