/// Query: which server is asked next, how, and what of that is an answer.
#include "dns/compose.hpp"
#include "dns/exchange.hpp"
#include "dns/random.hpp"
#include <evt/dns/query.hpp>
#include <evt/loop.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace evt::dns {

using detail::frame_size;

namespace {

constexpr std::size_t id_size = 2;
constexpr std::size_t largest_message = 65535;
/// With all options and as much padding as makes sense.
constexpr std::size_t largest_query = 1536;

void write_number(std::span<std::byte> target, std::size_t value) noexcept {
  target[0] = static_cast<std::byte>(value >> 8U);
  target[1] = static_cast<std::byte>(value);
}

/// Whether a server that says so may just not know EDNS (RFC 6891 §7).
bool may_mean_edns(Rcode rcode) noexcept {
  return rcode == Rcode::formerr || rcode == Rcode::notimp || rcode == Rcode::badvers;
}

bool is_answer(Rcode rcode) noexcept {
  switch (rcode) {
    case Rcode::formerr:
    case Rcode::servfail:
    case Rcode::notimp:
    case Rcode::refused:
    case Rcode::notauth:
    case Rcode::badvers:
    case Rcode::badcookie:
      return false;
    case Rcode::noerror:
    case Rcode::nxdomain:
    case Rcode::yxdomain:
    case Rcode::yxrrset:
    case Rcode::nxrrset:
    case Rcode::notzone:
      break;
  }
  return true;
}

}  // namespace

Query::Query(Loop& loop) : ComposedRequest(loop), loop_(loop), exchange_(std::make_unique<detail::Exchange>(loop)) {
  exchange_->unref();
}

Query::~Query() {
  settle();
}

Ticket Query::ask(const Topic& topic, QueryOptions options, Done done) {
  if (idle()) {
    topic_ = topic;
    options_ = std::move(options);
    message_.resize(frame_size + largest_query);
  }
  return submit(done);
}

Ticket Query::send(std::span<const std::byte> message, QueryOptions options, Done done) {
  if (idle()) {
    topic_.reset();
    options_ = std::move(options);
    message_.resize(frame_size);
    message_.insert(message_.end(), message.begin(), message.end());
  }
  return submit(done);
}

std::span<const std::byte> Query::last_sent() const noexcept {
  return message_.size() < frame_size ? std::span<const std::byte>{} : std::span(message_).subspan(frame_size);
}

void Query::start() {
  const std::size_t count = options_.servers.size();
  states_.assign(count, {});
  kept_.clear();
  last_error_ = errno_error("dns", EINVAL);
  asked_ = tries_ = 0;
  began_ = loop_.now();
  if (count == 0 || options_.rounds == 0) return complete(std::unexpected(last_error_));
  const std::size_t size = message_.size() - frame_size;
  if (size > largest_message) return complete(std::unexpected(errno_error("dns", EMSGSIZE)));
  if (size < Header::size) return complete(std::unexpected(errno_error("dns", EBADMSG)));
  server_ = options_.first_server % count;
  attempt();
}

/// Asks the server whose turn it is, or the first after it that can be asked at all.
void Query::attempt() {
  for (;; advance()) {
    if (asked_ == options_.rounds * options_.servers.size()) return give_up();
    if (state().done) continue;
    auto local = exchange_->open(server(), transport());
    auto composed = local ? compose(*local) : std::unexpected(local.error());
    if (composed) break;
    last_error_ = composed.error();
  }
  ++tries_;
  exchange_began_ = loop_.now();
  exchange_->send({.framed = message_,
                   .timeout = options_.timeout,
                   .client_cookie = client_cookie_,
                   .exact_case = topic_ && options_.random_case && transport() == Transport::udp},
                  bind<&Query::on_exchange>(*this));
}

void Query::advance() noexcept {
  ++asked_;
  server_ = (server_ + 1) % options_.servers.size();
}

void Query::ask_next() {
  advance();
  attempt();
}

Transport Query::transport() noexcept {
  return state().over_tcp ? Transport::tcp : options_.transport;
}

/// In the last of several rounds, a server that was silent so far may be one that drops what it does not know.
bool Query::with_edns() noexcept {
  if (!options_.edns || state().without_edns) return false;
  const bool last_round = options_.rounds > 1 && asked_ / options_.servers.size() + 1 == options_.rounds;
  return !last_round || !state().silent || options_.dnssec_ok;
}

Result<void> Query::compose(const Address& local) {
  const auto id = detail::random<std::uint16_t>();
  const auto letters = detail::random<std::array<std::byte, 32>>();
  if (!id || !letters) return std::unexpected(errno_error("getrandom", errno));
  client_cookie_.reset();
  if (topic_) {
    const bool edns = with_edns();
    if (edns && options_.cookies != nullptr) client_cookie_ = options_.cookies->client_cookie(server(), local);
    Topic topic = *topic_;
    if (options_.random_case && transport() == Transport::udp) topic.name.mix_case(*letters);
    message_.resize(frame_size + largest_query);
    const auto size = detail::compose(
        std::span(message_).subspan(frame_size), topic, options_,
        {.id = *id,
         .edns = edns,
         .client_cookie = client_cookie_,
         .server_cookie = client_cookie_ ? options_.cookies->server_cookie(server()) : std::span<const std::byte>{}});
    if (!size) return std::unexpected(size.error());
    message_.resize(frame_size + *size);
  } else {
    write_number(std::span(message_).subspan(frame_size, id_size), *id);
  }
  write_number(message_, message_.size() - frame_size);
  return {};
}

void Query::on_exchange(Result<Message> reply) {
  if (cancel_requested()) return complete(std::unexpected(Error("dns", evt::Errc::canceled)));
  if (!reply) return on_failure(reply.error());
  state().silent = false;
  on_reply(*reply);
}

void Query::on_failure(const Error& error) {
  if (error.code == Failure::forged && transport() == Transport::udp) {
    state().over_tcp = true;
    return attempt();
  }
  state().silent = error == std::errc::timed_out;
  // That somebody sent what cannot be read says more than that others were silent.
  if (last_error_ != std::errc::bad_message) last_error_ = error;
  ask_next();
}

void Query::on_reply(const Message& reply) {
  const bool over_udp = transport() == Transport::udp;
  const bool bad_cookie = learn_cookie(reply) && reply.rcode() == Rcode::badcookie;
  if (bad_cookie && over_udp) {
    state().over_tcp = std::exchange(state().bad_cookie, true);
    return attempt();
  }
  if (topic_ && may_mean_edns(reply.rcode()) && with_edns()) {
    state().without_edns = true;
    return attempt();
  }
  if (over_udp && reply.header().truncated() && !options_.accept_truncated) {
    state().over_tcp = true;
    return attempt();
  }
  if (is_answer(reply.rcode()) || options_.accept_errors) return finish(reply, server(), transport());
  if (kept_.empty()) {
    kept_.assign(reply.bytes().begin(), reply.bytes().end());
    kept_from_ = server();
    kept_over_ = transport();
  }
  state().done = true;
  ask_next();
}

/// Whether the reply has a cookie of ours; what the server adds to it is kept.
bool Query::learn_cookie(const Message& reply) {
  const auto& edns = reply.edns();
  if (!client_cookie_ || !edns) return false;
  const auto cookie = edns->cookie();
  if (cookie.size() < sizeof(ClientCookie)) return false;
  options_.cookies->learn(server(), cookie.subspan(sizeof(ClientCookie)));
  return true;
}

/// An error that a server spoke out says more than silence.
void Query::give_up() {
  if (!kept_.empty())
    if (const auto message = Message::parse(kept_)) return finish(*message, kept_from_, kept_over_);
  complete(std::unexpected(last_error_));
}

void Query::finish(const Message& message, const Address& from, Transport over) {
  const nanoseconds now = loop_.now();
  complete(Answer{.message = message,
                  .server = from,
                  .transport = over,
                  .elapsed = now - began_,
                  .exchange = now - exchange_began_,
                  .tries = tries_});
}

void Query::cancel_parts() noexcept {
  exchange_->cancel();
}

void Query::settle_parts() noexcept {
  exchange_->cancel_sync();
}

}  // namespace evt::dns
