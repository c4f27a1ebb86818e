/// Resolver and Lookup: from the names people write to addresses, by /etc/hosts, resolv.conf and the name servers.
#pragma once

#include <evt/address.hpp>
#include <evt/composed_request.hpp>
#include <evt/dns/config.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/dns/hosts.hpp>
#include <evt/dns/query.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evt::dns {

/// What the lookups of one loop share. Immovable, must outlive them; the loop's thread only.
class Resolver {
 public:
  /// As the machine is set up: /etc/resolv.conf, the environment (see Config::load), /etc/hosts.
  explicit Resolver(Loop& loop) : Resolver(loop, Config::load()) {}
  explicit Resolver(Loop& loop, Config config, HostsFile hosts = HostsFile()) noexcept
      : loop_(loop), config_(std::move(config)), hosts_(std::move(hosts)) {}
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  Loop& loop() noexcept { return loop_; }
  const Config& config() const noexcept { return config_; }
  const Hosts& hosts();
  /// For the next Query, as resolv.conf says: with `rotate` each begins at another server.
  QueryOptions query_options();
  /// The names to ask for in turn, by the rules of resolv.conf(5): `name` is ASCII; with a dot at the end it is whole.
  std::vector<std::string> candidates(std::string_view name) const;

 private:
  Loop& loop_;
  Config config_;
  HostsFile hosts_;
  CookieJar cookies_;
  std::size_t rotation_ = 0;
};

enum class Families : std::uint8_t { any, ipv4, ipv6 };

/// What a name leads to: every address once, port 0, IPv6 before IPv4, each as the servers order them.
struct Addresses {
  std::vector<Address> list;
  std::string name;  ///< The name that was found: of the search list, aliases not followed. No dot at the end.
};

/// One name. Literals, names of /etc/hosts, localhost, .invalid and .onion ask nobody. A and AAAA are asked together,
/// and where one of them fails the other counts; a name of the search list that has neither leads to the next.
/// Immovable; allocates.
class Lookup : public ComposedRequest<Lookup, Addresses> {
 public:
  /// Told of the addresses of one family while the other is still waited for, from Loop::run. The result has them
  /// too. It must not destroy or cancel_sync() the lookup; cancel() is fine.
  struct Progress {
    void (*function)(void* context, int family, std::span<const Address> addresses) = nullptr;
    void* context = nullptr;
  };
  struct Options {
    Families families = Families::any;
    Progress progress{};
  };

  explicit Lookup(Resolver& resolver);
  ~Lookup();

  /// `name` is UTF-8, an address in its usual forms, or one with `%interface`; copied. Completes with at least one
  /// address. Errors: Failure::no_such_name, no_data (the name has no address of these families), and what else ended
  /// a question when no other question brought addresses: server_failure, alias_loop, ETIMEDOUT, ECONNREFUSED …;
  /// EINVAL or EILSEQ for what is no name.
  Ticket lookup(std::string_view name, const Options& options, Done done);
  Ticket lookup(std::string_view name, Done done) { return lookup(name, Options{}, done); }

 private:
  friend ComposedRequest;
  static constexpr unsigned most_aliases = 16;

  /// The questions of one family.
  struct Side {
    Side(Loop& loop, int of_family) : query(loop), family(of_family) { query.unref(); }
    Query query;
    int family;
    bool asks = false;   // Of this candidate: not answered yet.
    bool waits = false;  // Its turn comes after the other's.
    unsigned aliases = 0;
    Name name;
    Error error;
    std::vector<Address> addresses;
  };

  void start();
  void cancel_parts() noexcept;
  void settle_parts() noexcept;

  std::optional<std::vector<Address>> known() const;
  bool wants(int family) const noexcept;
  void ask_candidate();
  void ask(Side& side);
  void on_ipv4(const Result<Answer>& answer);
  void on_ipv6(const Result<Answer>& answer);
  void on_answer(Side& side, const Result<Answer>& answer);
  static bool follow(Side& side, const Message& message);
  void side_ends(Side& side);
  void candidate_ends();
  void next_candidate(bool answered);
  Side& other(const Side& side) noexcept { return &side == sides_.data() ? sides_[1] : sides_[0]; }

  Resolver& resolver_;
  std::array<Side, 2> sides_;
  std::string name_;
  Options options_;
  std::vector<std::string> candidates_;
  std::size_t candidate_ = 0;
  std::optional<Error> failure_;  // Of a candidate that did not say whether it is there.
  bool exists_ = false;           // Some candidate does, without addresses.
};

}  // namespace evt::dns
