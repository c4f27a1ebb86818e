/// Query: one question to the name servers, and their answer, whatever they or others do.
#pragma once

#include <evt/address.hpp>
#include <evt/composed_request.hpp>
#include <evt/dns/cookie.hpp>
#include <evt/dns/error.hpp>
#include <evt/dns/message.hpp>
#include <evt/dns/name.hpp>
#include <evt/dns/type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace evt::dns {

namespace detail {
class Exchange;
}

enum class Transport : std::uint8_t { udp, tcp };

/// Of whom a question is asked for: the first `prefix` bits of `address` (RFC 7871).
struct Subnet {
  Address address;
  std::uint8_t prefix = 0;
};

/// What to ask for.
struct Topic {
  Name name;
  Type type = Type::a;
  Class cls = Class::in;
};

/// How questions are asked, and whom. The defaults are those of resolv.conf(5).
struct QueryOptions {
  std::vector<Address> servers;                   ///< With their ports, best first.
  nanoseconds timeout = std::chrono::seconds{5};  ///< For one try.
  unsigned rounds = 2;                            ///< How often each server is asked at most.
  std::size_t first_server = 0;                   ///< Where to begin; modulo their number.
  Transport transport = Transport::udp;
  bool accept_truncated = false;  ///< Whether a truncated answer is one, or the same is asked over TCP.
  bool accept_errors = false;     ///< Whether SERVFAIL and its like are answers, or the next server is asked.
  bool random_case = false;       ///< Letters in random case, which the answer must repeat ("0x20").
  CookieJar* cookies = nullptr;   ///< Borrowed. Null: no cookies are sent (RFC 7873).

  bool recursion_desired = true;
  bool authentic_data = false;
  bool checking_disabled = false;
  bool authoritative = false;
  bool reserved_bit = false;
  Opcode opcode = Opcode::query;
  /// EDNS: servers that do not know it are asked again without.
  bool edns = true;
  std::uint16_t udp_size = 1232;  ///< Octets of an answer that may come over UDP; more is taken all the same.
  bool dnssec_ok = false;
  bool nsid = false;
  std::optional<Subnet> subnet;
  std::size_t padding_block = 0;  ///< Pads to a multiple of so many octets (RFC 8467); 0: does not.
};

/// `message` is borrowed from the Query until it is used again or destroyed.
struct Answer {
  Message message;
  Address server;
  Transport transport = Transport::udp;
  nanoseconds elapsed{0};   ///< From the submission.
  nanoseconds exchange{0};  ///< Of the exchange that brought it.
  unsigned tries = 0;       ///< Messages sent for it.
};

/// Asks servers in turn. Each try over UDP has a socket, port and id of its own; what does not match id, question,
/// opcode and cookie is passed over, without moving the deadline. Refusals (ICMP) and errors go on to the next server
/// at once. Over TCP: what was truncated, and where somebody guesses ids. Without EDNS: where a server does not know
/// it, and in the last of several rounds where one has said nothing so far.
/// Immovable; allocates its buffers in the first submission.
class Query : public ComposedRequest<Query, Answer> {
 public:
  explicit Query(Loop& loop);
  ~Query();

  /// Any answer that can be read is one, also NXDOMAIN; SERVFAIL, REFUSED and the like are what is left when every
  /// server was asked. Errors: ETIMEDOUT when all are silent, ECONNREFUSED and other errors of sockets, EBADMSG for
  /// answers that cannot be read, Failure::forged, EINVAL without servers, and what getrandom(2) says.
  Ticket ask(const Topic& topic, QueryOptions options, Done done);
  /// A message as it is, apart from its id. What options say about messages does not matter. EMSGSIZE above 65535
  /// octets, EBADMSG below 12.
  Ticket send(std::span<const std::byte> message, QueryOptions options, Done done);

  /// What went out last; for those who want to see it.
  std::span<const std::byte> last_sent() const noexcept;

 private:
  friend ComposedRequest;
  struct ServerState {
    bool without_edns = false;
    bool over_tcp = false;
    bool silent = false;      // The last try ended without a word.
    bool bad_cookie = false;  // Said so once.
    bool done = false;        // It has said what it has to say.
  };

  void start();
  void cancel_parts() noexcept;
  void settle_parts() noexcept;

  void attempt();
  void advance() noexcept;
  void ask_next();
  Result<void> compose(const Address& local);
  Transport transport() noexcept;
  bool with_edns() noexcept;

  void on_exchange(Result<Message> reply);
  void on_failure(const Error& error);
  void on_reply(const Message& reply);
  bool learn_cookie(const Message& reply);
  void give_up();
  void finish(const Message& message, const Address& from, Transport over);
  ServerState& state() noexcept { return states_[server_]; }
  const Address& server() const noexcept { return options_.servers[server_]; }

  Loop& loop_;
  std::unique_ptr<detail::Exchange> exchange_;
  QueryOptions options_;
  std::optional<Topic> topic_;      // None: message_ is the caller's.
  std::vector<std::byte> message_;  // Framed.
  std::vector<ServerState> states_;
  std::size_t server_ = 0;
  unsigned asked_ = 0;  // Servers so far, each counted once a round.
  unsigned tries_ = 0;
  nanoseconds began_{0};
  nanoseconds exchange_began_{0};
  std::optional<ClientCookie> client_cookie_;
  std::vector<std::byte> kept_;  // The best of the answers that are errors.
  Address kept_from_;
  Transport kept_over_ = Transport::udp;
  Error last_error_;
};

}  // namespace evt::dns
