/// One table of all options: how they are spelled, here and by socat, what they apply to, and the member they set.
#include "endpoint_options.hpp"

#include "convert.hpp"
#include "endpoint_text.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace evtool::endpoint {
namespace {

using Kind = Endpoint::Kind;

/// What an option applies to, as bits.
enum Scope : unsigned {
  tcp = 1,
  udp = 2,
  local = 4,
  files = 8,
  commands = 16,
  terminals = 32,
  sockets = tcp | udp | local,
};

unsigned scope_of(const Endpoint& endpoint) {
  switch (endpoint.kind) {
    case Kind::tcp:
    case Kind::service:
    case Kind::inherited:
      return tcp;
    case Kind::udp:
      return udp;
    case Kind::local:
      return local;
    case Kind::file:
      return files | terminals;
    case Kind::pipe:
      return files;
    case Kind::exec:
    case Kind::shell:
      return commands;
    case Kind::pty:
    case Kind::standard:
    case Kind::descriptor:
      return terminals;
  }
  return 0;
}

/// An octal number, as chmod(1) takes it.
Refusal convert_mode(std::string_view text, std::optional<mode_t>& mode) {
  mode_t bits = 0;
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), bits, 8);
  if (text.empty() || error != std::errc() || end != begin + text.size() || bits > 07777)
    return "is no mode; expected an octal number such as 0600";
  mode = bits;
  return {};
}

using Set = Refusal(EndpointOptions& options, std::string_view value);

template <auto Member>
Refusal set(EndpointOptions& options, std::string_view value) {
  using Value = std::remove_cvref_t<decltype(options.*Member)>;
  if constexpr (std::is_same_v<Value, bool>) {
    if (value.empty() || value == "1") {
      options.*Member = true;
    } else if (value == "0") {
      options.*Member = false;
    } else {
      return "is neither 0 nor 1";
    }
    return {};
  } else if constexpr (std::is_same_v<Value, std::optional<mode_t>>) {
    // mode_t is an unsigned number like others, but written in eights.
    if constexpr (Member == &EndpointOptions::mode) return convert_mode(value, options.*Member);
    return convert(value, options.*Member);
  } else {
    if (value.empty()) return "is empty";
    return convert(value, options.*Member);
  }
}

enum class Value : bool { optional, needed };

struct Row {
  std::string_view name;
  unsigned scope;
  Value value;
  Set& set;
};

using Options = EndpointOptions;

constexpr auto rows = std::to_array<Row>({
    {"connect-timeout", sockets, Value::needed, set<&Options::connect_timeout>},
    {"bind", sockets, Value::needed, set<&Options::bind>},
    {"nodelay", tcp, Value::optional, set<&Options::nodelay>},
    {"tcp-nodelay", tcp, Value::optional, set<&Options::nodelay>},
    {"keepalive", tcp, Value::optional, set<&Options::keepalive>},
    {"so-keepalive", tcp, Value::optional, set<&Options::keepalive>},
    {"reuseaddr", tcp | udp, Value::optional, set<&Options::reuse_address>},
    {"so-reuseaddr", tcp | udp, Value::optional, set<&Options::reuse_address>},
    {"reuseport", tcp | udp, Value::optional, set<&Options::reuse_port>},
    {"so-reuseport", tcp | udp, Value::optional, set<&Options::reuse_port>},
    {"backlog", tcp | local, Value::needed, set<&Options::backlog>},
    {"max-children", sockets, Value::needed, set<&Options::max_children>},
    {"fork", sockets, Value::optional, set<&Options::fork>},
    {"sndbuf", sockets, Value::needed, set<&Options::send_buffer>},
    {"so-sndbuf", sockets, Value::needed, set<&Options::send_buffer>},
    {"rcvbuf", sockets, Value::needed, set<&Options::receive_buffer>},
    {"so-rcvbuf", sockets, Value::needed, set<&Options::receive_buffer>},
    {"ttl", tcp | udp, Value::needed, set<&Options::ttl>},
    {"ip-multicast-ttl", udp, Value::needed, set<&Options::ttl>},
    {"join", udp, Value::needed, set<&Options::join>},
    {"ip-add-membership", udp, Value::needed, set<&Options::join>},
    {"interface", tcp | udp, Value::needed, set<&Options::interface>},
    {"so-bindtodevice", tcp | udp, Value::needed, set<&Options::interface>},
    {"broadcast", udp, Value::optional, set<&Options::broadcast>},
    {"mode", local | files | terminals, Value::needed, set<&Options::mode>},
    {"perm", local | files | terminals, Value::needed, set<&Options::mode>},
    {"unlink", local | files, Value::optional, set<&Options::unlink>},
    {"unlink-early", local | files, Value::optional, set<&Options::unlink>},
    {"append", files, Value::optional, set<&Options::append>},
    {"o-append", files, Value::optional, set<&Options::append>},
    {"create", files, Value::optional, set<&Options::create>},
    {"creat", files, Value::optional, set<&Options::create>},
    {"trunc", files, Value::optional, set<&Options::truncate>},
    {"truncate", files, Value::optional, set<&Options::truncate>},
    {"rdonly", files, Value::optional, set<&Options::read_only>},
    {"wronly", files, Value::optional, set<&Options::write_only>},
    {"raw", terminals, Value::optional, set<&Options::raw>},
    {"rawer", terminals, Value::optional, set<&Options::raw>},
    {"baud", terminals, Value::needed, set<&Options::baud>},
    {"link", terminals, Value::needed, set<&Options::link>},
    {"stderr", commands, Value::optional, set<&Options::stderr_too>},
    {"pty", commands, Value::optional, set<&Options::pty>},
    {"chdir", commands, Value::needed, set<&Options::directory>},
    {"cd", commands, Value::needed, set<&Options::directory>},
});

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower)
    byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
  return lower;
}

std::string quoted(std::string_view token) {
  return "'" + escaped(token) + "'";
}

/// socat's `pf=ip4`: which family is meant.
std::optional<std::string> take_family(Endpoint& endpoint, std::string_view value) {
  const std::string word = lowered(value);
  if (word == "ip4" || word == "inet" || word == "4") {
    endpoint.family = AF_INET;
  } else if (word == "ip6" || word == "inet6" || word == "6") {
    endpoint.family = AF_INET6;
  } else {
    return quoted(value) + " is no family; expected ip4 or ip6";
  }
  return std::nullopt;
}

/// `b115200`, as stty(1) and socat have it.
bool is_baud(std::string_view name) {
  return name.size() > 1 && name[0] == 'b' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

std::optional<std::string> take_option(Endpoint& endpoint, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string name = lowered(text.substr(0, equals));
  const std::string value = equals == std::string_view::npos ? "" : unquoted(text.substr(equals + 1));
  const unsigned scope = scope_of(endpoint);
  if (name == "pf" && (scope & (tcp | udp)) != 0) return take_family(endpoint, value);
  if (is_baud(name) && (scope & terminals) != 0) return take_option(endpoint, "baud=" + name.substr(1));
  const auto* const row = std::ranges::find(rows, name, &Row::name);
  if (row == rows.end()) return quoted(text) + " is no option of an endpoint";
  if ((row->scope & scope) == 0)
    return quoted(text) + " is no option of " + std::string(name_of(endpoint)) + " endpoints";
  if (row->value == Value::needed && equals == std::string_view::npos)
    return quoted(text) + " needs a value: " + name + "=…";
  const Refusal refusal = row->set(endpoint.options, value);
  if (refusal.empty()) return std::nullopt;
  return name + ": " + quoted(value) + " " + refusal;
}

}  // namespace evtool::endpoint
