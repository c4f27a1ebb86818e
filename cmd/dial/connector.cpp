/// Tries, their deadlines, and the conversation with a proxy.
#include "dial/connector.hpp"

#include "await.hpp"
#include "dial/channel.hpp"
#include "dial/explain.hpp"
#include "dial/handshake.hpp"
#include "output.hpp"
#include "units.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evtool::dial {
namespace {

constexpr std::size_t longest_head = std::size_t{16} * 1024;

template <class T>
using Said = std::expected<T, std::string>;

std::string phrase_of(const evt::Error& error) {
  if (error == evt::Errc::eof) return "it closed the connection";
  return error.code.message();
}

/// Sends, and reads so many bytes of the answer.
Said<std::string> ask(Channel& channel, std::string_view message, std::size_t size) {
  if (const auto sent = channel.send(message); !sent) return std::unexpected(phrase_of(sent.error()));
  auto answer = channel.receive(size);
  if (!answer) return std::unexpected(phrase_of(answer.error()));
  return std::move(*answer);
}

std::optional<std::string> talk_socks5(Channel& channel, const Wanted& wanted) {
  const auto greeted = ask(channel, socks5::greeting(wanted), 2);
  if (!greeted) return greeted.error();
  const auto method = socks5::method_of(*greeted);
  if (!method) return method.error();
  if (*method == socks5::Method::password) {
    const auto answer = ask(channel, socks5::password(wanted), 2);
    if (!answer) return answer.error();
    if (auto refused = socks5::refused_password(*answer)) return refused;
  }
  const auto request = socks5::request(wanted);
  if (!request) return request.error();
  const auto answer = ask(channel, *request, 5);
  if (!answer) return answer.error();
  const auto rest = socks5::rest_of(*answer);
  if (!rest) return rest.error();
  const auto skipped = channel.receive(*rest);
  return skipped ? std::nullopt : std::optional(phrase_of(skipped.error()));
}

std::optional<std::string> talk_http(Channel& channel, const Wanted& wanted) {
  const auto request = http::request(wanted);
  if (!request) return request.error();
  if (const auto sent = channel.send(*request); !sent) return phrase_of(sent.error());
  std::string head;
  while (http::head_size(head) == 0) {
    if (head.size() > longest_head) return "its answer is too long";
    const auto seen = channel.peek(4096);
    if (!seen) return phrase_of(seen.error());
    // What follows the head is the user's.
    const std::size_t size = http::head_size(head + *seen);
    const auto taken = channel.receive(size == 0 ? seen->size() : size - head.size());
    if (!taken) return phrase_of(taken.error());
    head += *taken;
  }
  return http::refusal(head);
}

/// A host that is an address needs no resolver, nor the files it reads.
evt::DialTarget simplified(const evt::DialTarget& target) {
  const auto* host = std::get_if<evt::DialHost>(&target);
  if (host == nullptr) return target;
  const bool ipv6 = host->name.contains(':');
  std::string text = ipv6 ? "[" + host->name + "]" : host->name;
  const auto parsed = evt::parse_dial_target(text.append(":").append(std::to_string(host->port)));
  return parsed && std::holds_alternative<evt::Address>(*parsed) ? *parsed : target;
}

}  // namespace

Connector::Connector(Context& context, const Settings& settings, evt::Loop& loop)
    : context_(context), settings_(settings), loop_(loop) {}

std::expected<evt::Dialed, Exit> Connector::connect(const Plan& plan, bool quietly) {
  loop_.update_now();
  const evt::nanoseconds started = loop_.now();
  const evt::nanoseconds last = settings_.wait ? evt::saturating_add(started, *settings_.wait) : evt::never;
  const Duration every = settings_.every.value_or(std::chrono::seconds{1});
  while (true) {
    const evt::nanoseconds now = loop_.now();
    auto outcome = try_once(plan, std::min(last, evt::saturating_add(now, plan.options.timeout)));
    if (outcome) return std::move(*outcome);
    loop_.update_now();
    if (settings_.wait && loop_.now() < last) {
      if (context_.common.verbose) explain(plan, outcome.error());
      sleep_until(std::min(last, std::max(loop_.now(), evt::saturating_add(now, every))));
      if (loop_.now() < last) continue;
    }
    if (!quietly) explain(plan, outcome.error());
    if (!settings_.wait) return std::unexpected(outcome.error().exit);
    if (!quietly) context_.error("{}: not up after {}", plan.shown, show_duration(*settings_.wait));
    return std::unexpected(Exit::timed_out);
  }
}

Connector::Outcome Connector::try_once(const Plan& plan, evt::nanoseconds deadline) {
  ++tries_;
  evt::DialOptions options = plan.options;
  if (deadline != evt::never) options.timeout = evt::saturating_since(deadline, loop_.now());
  auto outcome = connect_to(simplified(plan.proxy ? plan.proxy->target : plan.target), options);
  if (!outcome || !plan.proxy) return outcome;
  if (auto failed = shake_hands(outcome->socket.get(), std::get<evt::DialHost>(plan.target), *plan.proxy, deadline))
    return std::unexpected(std::move(*failed));
  return outcome;
}

Connector::Outcome Connector::connect_to(const evt::DialTarget& target, const evt::DialOptions& options) {
  // While one waits for a machine to come up, its resolv.conf may change.
  if (settings_.wait) dial_.reset();
  if (!dial_) {
    const bool named = !std::holds_alternative<evt::Address>(target);
    if (named) {
      dial_.emplace(loop_, resolver_.emplace(loop_));
    } else {
      dial_.emplace(loop_);
    }
    if (settings_.trace_dial) dial_->set_trace({&Connector::trace, nullptr});
  }
  Await<evt::Dialed> wait(loop_);
  auto dialed = wait.on(dial_->dial(target, options, wait.done()));
  if (dialed) return std::move(*dialed);
  return std::unexpected(Failed{.exit = exit_of(dialed.error()), .phrase = {}, .error = dialed.error()});
}

std::optional<Connector::Failed> Connector::shake_hands(int fd, const evt::DialHost& host, const Proxy& proxy,
                                                        evt::nanoseconds deadline) {
  const Wanted wanted{.host = host.name, .port = host.port, .user = proxy.user, .password = proxy.password};
  Channel channel(loop_, fd, deadline);
  const bool socks = proxy.kind == Proxy::Kind::socks5;
  auto refused = socks ? talk_socks5(channel, wanted) : talk_http(channel, wanted);
  if (!refused) return std::nullopt;
  const bool late = loop_.now() >= deadline;
  return Failed{
      .exit = late ? Exit::timed_out : exit_code(7), .phrase = "proxy " + proxy.shown + ": " + *refused, .error = {}};
}

void Connector::explain(const Plan& plan, const Failed& failed) const {
  if (!failed.phrase.empty()) {
    context_.error("{}: {}", plan.shown, failed.phrase);
  } else if (dial_) {
    (void)dial::explain(context_, plan.proxy ? "proxy " + plan.proxy->shown : plan.shown, *dial_, failed.error);
  }
}

void Connector::sleep_until(evt::nanoseconds deadline) {
  evt::Timer timer(loop_);
  Await<std::uint64_t> wait(loop_);
  (void)wait.on(timer.at(deadline, wait.done()));
}

void Connector::trace(void* /*context*/, const evt::Dial& dial, evt::DialEvent event) {
  const std::string line = line_of(dial, event) + "\n";
  (void)write_all(STDERR_FILENO, line);
}

std::string Connector::progress() const {
  if (!dial_) return "not connected";
  return "connecting, " + std::to_string(dial_->attempts().size()) + " addresses tried";
}

}  // namespace evtool::dial
