/// Operands and options, and the faults that only together they have.
#include "dial/plan.hpp"

#include "endpoint.hpp"
#include "terminal.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace evtool::dial {
namespace {

using Kind = Endpoint::Kind;
using Refused = std::unexpected<Exit>;

std::string quoted(std::string_view token) {
  return "'" + escaped(token) + "'";
}

std::string_view protocol_of(const Settings& settings) {
  return settings.udp ? "udp" : "tcp";
}

/// Brackets are optional where host and port are two words.
std::string_view without_brackets(std::string_view host) {
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

/// `127.0.0.1`, `[::1]`, `::1`, with or without `:PORT`; `:PORT` is of no address.
evt::Result<evt::Address> parse_bind(std::string_view text, int family) {
  if (auto address = evt::Address::parse(text); address && address->family() != AF_UNIX) return address;
  if (auto address = evt::Address::parse_ip(without_brackets(text), 0)) return address;
  if (!text.starts_with(':')) return std::unexpected(evt::errno_error("bind", EINVAL));
  const auto port = evt::parse_port(text.substr(1));
  if (!port) return std::unexpected(port.error());
  return family == AF_INET6 ? evt::Address::any_ipv6(*port) : evt::Address::any_ipv4(*port);
}

/// A port, or `FIRST-LAST`.
struct Ports {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

std::optional<Ports> parse_ports(std::string_view text, std::string_view protocol) {
  // A service's name may have a dash in it.
  if (const auto port = evt::parse_port(text, protocol)) return Ports{.first = *port};
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = evt::parse_port(text.substr(0, dash), protocol);
  const auto last = evt::parse_port(text.substr(dash + 1), protocol);
  if (!first || !last || *first == 0) return std::nullopt;
  return Ports{.first = std::min(*first, *last), .last = std::max(*first, *last)};
}

/// What an endpoint's own options add.
void take_options(Plan& plan, const Endpoint& endpoint, std::string& bind) {
  if (endpoint.family != AF_UNSPEC) plan.options.family = endpoint.family;
  if (endpoint.kind == Kind::udp) plan.options.type = SOCK_DGRAM;
  if (endpoint.options.connect_timeout) plan.options.timeout = *endpoint.options.connect_timeout;
  if (endpoint.options.nodelay) plan.options.nodelay = true;
  if (endpoint.options.keepalive) plan.options.keepalive.emplace();
  if (!endpoint.options.bind.empty()) bind = endpoint.options.bind;
}

std::optional<evt::DialTarget> target_of(const Endpoint& endpoint) {
  switch (endpoint.kind) {
    case Kind::tcp:
    case Kind::udp:
      return evt::DialHost{.name = endpoint.host.empty() ? "localhost" : endpoint.host, .port = endpoint.port};
    case Kind::service:
      return evt::DialService{.name = endpoint.name};
    case Kind::local: {
      const auto address =
          endpoint.abstract ? evt::Address::unix_abstract(endpoint.path) : evt::Address::unix_path(endpoint.path);
      if (!address) return std::nullopt;
      return *address;
    }
    case Kind::standard:
    case Kind::descriptor:
    case Kind::file:
    case Kind::pipe:
    case Kind::exec:
    case Kind::shell:
    case Kind::pty:
    case Kind::inherited:
      break;
  }
  return std::nullopt;
}

std::expected<Endpoint, Exit> endpoint_of(const Context& context, const Settings& settings) {
  if (context.operands.size() != 1) {
    return Refused(context.usage("expected HOST PORT, or one ENDPOINT such as {}",
                                 settings.listen ? "tcp-listen:80" : "www.example:80"));
  }
  const std::string& word = context.operands.front();
  auto endpoint = parse_endpoint(settings.local && !word.contains(':') ? "unix:" + word : word);
  if (!endpoint) return Refused(context.usage("{}", endpoint.error()));
  if (settings.local && endpoint->kind != Kind::local)
    return Refused(context.usage("option '-U' needs a path, not {}", quoted(word)));
  if (endpoint->listens && !settings.listen)
    return Refused(context.usage("{} listens; option '-l' is for that", quoted(word)));
  return std::move(*endpoint);
}

std::optional<Exit> take_endpoint(const Context& context, const Settings& settings, Plan& plan, std::string& bind) {
  const auto endpoint = endpoint_of(context, settings);
  if (!endpoint) return endpoint.error();
  auto target = target_of(*endpoint);
  if (!target)
    return context.usage("{}: dial connects to tcp, udp, unix and srv endpoints", quoted(context.operands[0]));
  take_options(plan, *endpoint, bind);
  plan.target = std::move(*target);
  plan.shown = context.operands[0];
  return std::nullopt;
}

std::optional<Exit> take_host_and_port(const Context& context, const Settings& settings, Plan& plan) {
  const std::string& port = context.operands[1];
  const auto ports = parse_ports(port, protocol_of(settings));
  if (!ports)
    return context.usage("{} is no port; expected 0 to 65535, a service of /etc/services, or FIRST-LAST", quoted(port));
  if (ports->last != 0 && !settings.only_connect)
    return context.usage("{}: a range of ports needs option '-z'", quoted(port));
  const std::string_view host = without_brackets(context.operands[0]);
  if (host.empty()) return context.usage("'' is no host");
  plan.target = evt::DialHost{.name = std::string(host), .port = ports->first};
  plan.last_port = ports->last;
  plan.shown = std::string(host) + " port " + port;
  return std::nullopt;
}

void take_settings(Plan& plan, const Settings& settings) {
  evt::DialOptions& options = plan.options;
  // nc's -w is for both.
  options.timeout = settings.timeout.value_or(settings.idle_timeout.value_or(std::chrono::seconds{30}));
  options.attempt_timeout = settings.attempt_timeout.value_or(evt::never);
  if (settings.ipv4) options.family = AF_INET;
  if (settings.ipv6) options.family = AF_INET6;
  options.nodelay = settings.nodelay;
  if (settings.keepalive) options.keepalive.emplace();
  options.fast_open = settings.fast_open;
  if (settings.udp) options.type = SOCK_DGRAM;
}

std::optional<Exit> take_proxy(const Context& context, const Settings& settings, Plan& plan) {
  if (settings.proxy.empty()) return std::nullopt;
  auto proxy = parse_proxy(settings.proxy);
  if (!proxy) return context.usage("option '--proxy': {}", proxy.error());
  if (!std::holds_alternative<evt::DialHost>(plan.target))
    return context.usage("option '--proxy' needs a host and a port");
  if (plan.options.type != SOCK_STREAM) return context.usage("option '--proxy' goes with TCP only");
  plan.proxy = std::move(*proxy);
  return std::nullopt;
}

/// An endpoint that listens, or as nc has it: PORT, or HOST PORT.
std::expected<Endpoint, std::string> parse_listener(const std::vector<std::string>& operands,
                                                    const Settings& settings) {
  const std::string& first = operands.front();
  if (operands.size() == 1) {
    auto endpoint = parse_endpoint(first);
    if (endpoint && endpoint->listens) return endpoint;
    if (settings.local) return parse_endpoint("unix-listen:" + first);
  }
  std::string place = first;
  if (operands.size() == 2)
    place = (first.contains(':') && !first.starts_with('[') ? "[" + first + "]:" : first + ":") + operands[1];
  return parse_endpoint((settings.udp ? "udp-listen:" : "tcp-listen:") + place);
}

}  // namespace

std::expected<Plan, Exit> plan_of(const Context& context, const Settings& settings) {
  Plan plan;
  take_settings(plan, settings);
  std::string bind = settings.bind;
  const bool two = context.operands.size() == 2 && !settings.local;
  if (auto wrong = two ? take_host_and_port(context, settings, plan) : take_endpoint(context, settings, plan, bind)) {
    return Refused(*wrong);
  }
  if (!bind.empty()) {
    const auto address = parse_bind(bind, plan.options.family);
    if (!address)
      return Refused(context.usage("bind: {} is no address; expected ADDRESS, ADDRESS:PORT or :PORT", quoted(bind)));
    if (plan.options.family != AF_UNSPEC && plan.options.family != address->family())
      return Refused(context.usage("bind: {} is of the other family", quoted(bind)));
    plan.options.bind = *address;
  }
  if (settings.tls) return Refused(context.usage("option '--tls': TLS is not supported yet"));
  if (auto wrong = take_proxy(context, settings, plan)) return Refused(*wrong);
  return plan;
}

std::expected<evt::Address, Exit> listen_address(const Context& context, const Settings& settings) {
  const auto endpoint = parse_listener(context.operands, settings);
  if (!endpoint) return Refused(context.usage("{}", endpoint.error()));
  const std::uint16_t port = endpoint->port;
  if (endpoint->kind == Kind::local) {
    if (const auto target = target_of(*endpoint)) return std::get<evt::Address>(*target);
  }
  if (endpoint->kind != Kind::tcp && endpoint->kind != Kind::udp)
    return Refused(context.usage("{} is no place to listen for dial", quoted(context.operands[0])));
  const bool ipv6 = settings.ipv6 || endpoint->family == AF_INET6;
  if (endpoint->any_address) return ipv6 ? evt::Address::any_ipv6(port) : evt::Address::any_ipv4(port);
  if (endpoint->host.empty() || endpoint->host == "localhost")
    return ipv6 ? evt::Address::loopback_ipv6(port) : evt::Address::loopback_ipv4(port);
  const auto address = evt::Address::parse_ip(endpoint->host, port);
  if (address) return *address;
  return Refused(
      context.usage("{} is no address to listen on; expected one of this machine, or *", quoted(endpoint->host)));
}

namespace {
/// `%40` as `@` (RFC 3986 §2.1); a percent sign that begins nothing is one.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    unsigned octet = 0;
    const char* const digits = text.data() + 1;
    if (text.size() > 2 && text.front() == '%' && std::from_chars(digits, digits + 2, octet, 16).ptr == digits + 2) {
      plain.push_back(static_cast<char>(octet));
      text.remove_prefix(3);
    } else {
      plain.push_back(text.front());
      text.remove_prefix(1);
    }
  }
  return plain;
}
}  // namespace

std::expected<Proxy, std::string> parse_proxy(std::string_view text) {
  const std::string problem = quoted(text) + " is no proxy; expected socks5://[USER:PASSWORD@]HOST[:PORT] or http://…";
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return std::unexpected(problem);
  const std::string_view scheme = text.substr(0, slashes);
  std::string_view rest = text.substr(slashes + 3);
  if (scheme == "https") return std::unexpected(quoted(text) + ": TLS is not supported yet");
  Proxy proxy;
  if (scheme == "http") {
    proxy.kind = Proxy::Kind::http;
  } else if (scheme != "socks5" && scheme != "socks5h") {
    return std::unexpected(problem);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    proxy.user = unescaped(user.substr(0, user.find(':')));
    if (user.contains(':')) proxy.password = unescaped(user.substr(user.find(':') + 1));
    rest.remove_prefix(at + 1);
  }
  const bool has_port = rest.rfind(':') != std::string_view::npos && !rest.ends_with(']');
  const std::string_view default_port = proxy.kind == Proxy::Kind::http ? ":8080" : ":1080";
  proxy.shown = std::string(rest).append(has_port ? "" : default_port);
  auto target = evt::parse_dial_target(proxy.shown);
  if (!target || proxy.user.size() > 255 || proxy.password.size() > 255) return std::unexpected(problem);
  proxy.target = std::move(*target);
  return proxy;
}

}  // namespace evtool::dial
