/// Dial: a connection by name. Addresses of both families are looked up together and tried in turn, each a quarter of a
/// second after the one before or as soon as that failed (RFC 8305); the first to answer wins.
#pragma once

#include <evt/address.hpp>
#include <evt/composed_request.hpp>
#include <evt/fd.hpp>
#include <evt/socket.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace evt {

namespace dns {
class Resolver;
}
namespace detail {
class DialNames;
}

/// A host by name, or an address as text (also `127.1` and `fe80::1%eth0`), which is never looked up.
struct DialHost {
  std::string name;
  std::uint16_t port = 0;
};
/// A service by its SRV records (RFC 2782): `_service._proto.name`.
struct DialService {
  std::string name;
};
using DialTarget = std::variant<Address, DialHost, DialService>;

/// `host:port`, `[::1]:80`, `srv:_service._proto.name`, `unix:/path` and `unix:@abstract`. The port is a number, or a
/// name of /etc/services for `protocol`. Errors: EINVAL, ENAMETOOLONG, ENODEV, and ENOENT for a service nobody knows.
Result<DialTarget> parse_dial_target(std::string_view text, std::string_view protocol = "tcp");
/// `scheme://[user@]host[:port][/…]`: without a port, that of the scheme's service. `unix:///path` too.
/// Errors: as above.
Result<DialTarget> dial_uri(std::string_view uri);
/// A port by number or by name. Errors: EINVAL, ENOENT.
Result<std::uint16_t> parse_port(std::string_view text, std::string_view protocol = "tcp");

struct DialOptions {
  int family = AF_UNSPEC;       ///< AF_INET or AF_INET6: only such addresses are looked up and tried.
  int type = SOCK_STREAM;       ///< SOCK_DGRAM: the first address "answers" at once.
  std::optional<Address> bind;  ///< Where from; other families are left out.
  bool nodelay = false;
  std::optional<Keepalive> keepalive;
  /// TCP_FASTOPEN_CONNECT: with a server that was met before, the connection is there before it answered.
  bool fast_open = false;
  nanoseconds attempt_delay = std::chrono::milliseconds{250};
  nanoseconds resolution_delay = std::chrono::milliseconds{50};  ///< How long IPv4 waits for IPv6's addresses.
  /// For one attempt. `never`: an attempt goes on until its place is needed (see most_at_once) or the kernel gives up.
  nanoseconds attempt_timeout = never;
  nanoseconds timeout = never;  ///< For all of it, lookups too.
  /// With so many under way the next one waits; the oldest gives way when a further attempt_delay has passed.
  std::size_t most_at_once = 8;  ///< At least 1.
  std::size_t most_attempts = 64;
};

struct Dialed {
  Fd socket;  ///< Connected, O_NONBLOCK and O_CLOEXEC.
  Address peer;
};

/// One address that was tried. Times are Loop::now().
struct DialAttempt {
  enum class Outcome : std::uint8_t { under_way, connected, failed, abandoned };
  Address address;
  nanoseconds started{0};
  nanoseconds ended{0};
  Outcome outcome = Outcome::under_way;
  std::error_code error;  ///< Of `failed`; ETIMEDOUT for the attempt's own timeout.
};

/// One question that was asked. /etc/hosts and special names answer them too.
struct DialLookup {
  enum class Kind : std::uint8_t { ipv4, ipv6, service };
  std::string name;
  Kind kind = Kind::ipv4;
  nanoseconds started{0};
  nanoseconds ended{0};
  bool over = false;
  std::error_code error;
  std::vector<Address> addresses;  ///< With the port that will be tried.
};

class Dial;

/// Which entry of Dial::lookups() or Dial::attempts() has begun or ended.
struct DialEvent {
  enum class Kind : std::uint8_t { lookup_started, lookup_ended, attempt_started, attempt_ended };
  Kind kind;
  std::size_t index;
};
/// Told of every event, from inside the call that submits or from Loop::run. It may look, but not touch.
struct DialTrace {
  void (*function)(void* context, const Dial& dial, DialEvent event) = nullptr;
  void* context = nullptr;
};

/// Errors: Error("lookup", …) where no address was found, of the last lookup that failed; Error("connect", …) where
/// none answered, of the first attempt that got as far as the network; Error("dial", ETIMEDOUT) when `timeout` is over.
/// Whatever loses is cancelled and closed before the callback. Allocates.
class Dial : public ComposedRequest<Dial, Dialed> {
 public:
  /// Knows addresses only: names are not found.
  explicit Dial(Loop& loop);
  /// The resolver must outlive it.
  Dial(Loop& loop, dns::Resolver& resolver);
  /// Looks names up in some other way: for tests.
  Dial(Loop& loop, std::unique_ptr<detail::DialNames> names);
  ~Dial();

  Ticket dial(DialTarget target, const DialOptions& options, Done done);
  Ticket dial(DialTarget target, Done done) { return dial(std::move(target), DialOptions{}, done); }

  /// What was done in this or the last activation, in the order of its beginning.
  std::span<const DialAttempt> attempts() const noexcept;
  std::span<const DialLookup> lookups() const noexcept;
  /// When it began, by Loop::now().
  nanoseconds started() const noexcept;

  void set_trace(DialTrace trace) noexcept { trace_ = trace; }

 private:
  friend ComposedRequest;
  struct Race;

  void start();
  void cancel_parts() noexcept;
  void settle_parts() noexcept;

  std::unique_ptr<Race> race_;
  DialTrace trace_;
};

}  // namespace evt
