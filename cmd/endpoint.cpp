/// The grammar of endpoints: a table of words, and what has to stand behind each.
#include "endpoint.hpp"

#include "convert.hpp"
#include "endpoint_options.hpp"
#include "endpoint_text.hpp"
#include "terminal.hpp"
#include <evt/dial.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace evtool {
namespace {

using endpoint::split_at_commas;
using endpoint::unquoted;
using Kind = Endpoint::Kind;
/// What is wrong, as a phrase; nothing where all is well.
using Problem = std::optional<std::string>;

/// What stands behind a word.
enum class Form : std::uint8_t { none, host_port, listen, path, name, number, listener, argv, command };

struct Word {
  std::string_view word;
  Kind kind;
  Form form;
  bool listens = false;
  int family = AF_UNSPEC;
};

/// In lower case; whoever writes one in capitals, or one that only socat has, means socat's.
constexpr auto vocabulary = std::to_array<Word>({
    {"tcp", Kind::tcp, Form::host_port},
    {"tcp4", Kind::tcp, Form::host_port, false, AF_INET},
    {"tcp6", Kind::tcp, Form::host_port, false, AF_INET6},
    {"tcp-listen", Kind::tcp, Form::listen, true},
    {"tcp4-listen", Kind::tcp, Form::listen, true, AF_INET},
    {"tcp6-listen", Kind::tcp, Form::listen, true, AF_INET6},
    {"udp", Kind::udp, Form::host_port},
    {"udp4", Kind::udp, Form::host_port, false, AF_INET},
    {"udp6", Kind::udp, Form::host_port, false, AF_INET6},
    {"udp-listen", Kind::udp, Form::listen, true},
    {"udp4-listen", Kind::udp, Form::listen, true, AF_INET},
    {"udp6-listen", Kind::udp, Form::listen, true, AF_INET6},
    {"unix", Kind::local, Form::path},
    {"unix-listen", Kind::local, Form::path, true},
    {"srv", Kind::service, Form::name},
    {"stdio", Kind::standard, Form::none},
    {"fd", Kind::descriptor, Form::number},
    {"file", Kind::file, Form::path},
    {"pipe", Kind::pipe, Form::path},
    {"exec", Kind::exec, Form::argv},
    {"sh", Kind::shell, Form::command},
    {"pty", Kind::pty, Form::none},
    {"listen", Kind::inherited, Form::listener, true},
});

struct Synonym {
  std::string_view word;
  std::string_view of;
};

/// socat's words that are not ours.
constexpr auto synonyms = std::to_array<Synonym>({
    {"tcp-connect", "tcp"},
    {"tcp4-connect", "tcp4"},
    {"tcp6-connect", "tcp6"},
    {"tcp-l", "tcp-listen"},
    {"tcp4-l", "tcp4-listen"},
    {"tcp6-l", "tcp6-listen"},
    {"udp-connect", "udp"},
    {"udp4-connect", "udp4"},
    {"udp6-connect", "udp6"},
    {"udp-datagram", "udp"},
    {"udp4-datagram", "udp4"},
    {"udp6-datagram", "udp6"},
    {"udp-sendto", "udp"},
    {"udp4-sendto", "udp4"},
    {"udp6-sendto", "udp6"},
    {"udp-l", "udp-listen"},
    {"udp4-l", "udp4-listen"},
    {"udp6-l", "udp6-listen"},
    {"unix-connect", "unix"},
    {"unix-client", "unix"},
    {"local", "unix"},
    {"unix-l", "unix-listen"},
    {"abstract", "unix"},
    {"abstract-connect", "unix"},
    {"abstract-client", "unix"},
    {"abstract-listen", "unix-listen"},
    {"abstract-l", "unix-listen"},
    {"open", "file"},
    {"gopen", "file"},
    {"create", "file"},
    {"creat", "file"},
    {"fifo", "pipe"},
    {"system", "sh"},
    {"shell", "sh"},
    {"stdin", "stdio"},
    {"stdout", "stdio"},
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

Problem take_port(Endpoint& endpoint, std::string_view text) {
  const auto port = evt::parse_port(text, endpoint.kind == Kind::udp ? "udp" : "tcp");
  if (!port) return quoted(text) + " is no port; expected 0 to 65535 or a service of /etc/services";
  endpoint.port = *port;
  return std::nullopt;
}

/// `host` into the endpoint; brackets are IPv6's, and IPv6's addresses need them where a port follows.
Problem take_host(Endpoint& endpoint, std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || !host.contains(':')) return quoted(host) + " is no address; expected [IPV6]";
    host = host.substr(1, host.size() - 2);
  } else if (host.contains(':')) {
    return quoted(host) + " needs brackets; expected [IPV6]:PORT";
  }
  endpoint.any_address = host == "*";
  if (!endpoint.any_address) endpoint.host = host;
  return std::nullopt;
}

/// `host:port`, and where a listener may leave the host out, `port`.
Problem take_host_port(Endpoint& endpoint, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool bare = colon == std::string_view::npos || text.ends_with(']');
  if (bare && !endpoint.listens) return quoted(text) + " has no port; expected HOST:PORT";
  if (bare && text.starts_with('[')) return quoted(text) + " has no port; expected [IPV6]:PORT";
  const std::string_view host = bare ? std::string_view{} : text.substr(0, colon);
  if (auto problem = take_host(endpoint, host)) return problem;
  if (endpoint.any_address && !endpoint.listens) return quoted(text) + " is for listeners; expected HOST:PORT";
  if (endpoint.listens && endpoint.socat && host.empty()) endpoint.any_address = true;
  return take_port(endpoint, bare ? text : text.substr(colon + 1));
}

Problem take_path(Endpoint& endpoint, std::string_view text) {
  std::string path = unquoted(text);
  if (endpoint.kind == Kind::local && path.starts_with('@')) {
    endpoint.abstract = true;
    path.erase(0, 1);
  }
  if (path.contains('\0')) return quoted(text) + " has a NUL in it; expected a path";
  if (path.empty() && endpoint.kind != Kind::pipe && !endpoint.abstract)
    return quoted(text) + " names nothing; expected a path";
  const std::size_t longest = endpoint.abstract ? 107 : 108;
  if (endpoint.kind == Kind::local && path.size() > longest)
    return quoted(text) + " is too long for a unix socket, which takes " + std::to_string(longest) + " bytes";
  endpoint.path = std::move(path);
  return std::nullopt;
}

Problem take_number(Endpoint& endpoint, std::string_view text) {
  const Refusal refusal = convert(text, endpoint.fd);
  if (refusal.empty()) return std::nullopt;
  return quoted(text) + " is no descriptor; expected a number";
}

Problem take_listener(Endpoint& endpoint, std::string_view text) {
  if (text == "systemd") return std::nullopt;
  if (!text.starts_with("fd:")) return quoted(text) + " is no listener; expected fd:N or systemd";
  return take_number(endpoint, text.substr(3));
}

Problem take_name(Endpoint& endpoint, std::string_view text) {
  const bool full = text.starts_with('_') && text.contains("._");
  if (!full) return quoted(text) + " is no service; expected _SERVICE._PROTO.NAME";
  endpoint.name = text;
  return std::nullopt;
}

Problem take_argv(Endpoint& endpoint, std::string_view text) {
  endpoint.words = endpoint::words_of(endpoint::unwrapped(text));
  if (endpoint.words.empty()) return quoted(text) + " names no program; expected exec:\"PROGRAM ARGUMENT...\"";
  return std::nullopt;
}

Problem take_command(Endpoint& endpoint, std::string_view text) {
  endpoint.command = endpoint::unwrapped(text);
  if (endpoint.command.empty()) return quoted(text) + " is no command; expected sh:\"COMMAND\"";
  return std::nullopt;
}

Problem take_body(Endpoint& endpoint, Form form, std::string_view text) {
  switch (form) {
    case Form::none:
      if (!text.empty()) return quoted(text) + " is too much; expected nothing behind the colon";
      return std::nullopt;
    case Form::host_port:
    case Form::listen:
      return take_host_port(endpoint, text);
    case Form::path:
      return take_path(endpoint, text);
    case Form::name:
      return take_name(endpoint, text);
    case Form::number:
      return take_number(endpoint, text);
    case Form::listener:
      return take_listener(endpoint, text);
    case Form::argv:
      return take_argv(endpoint, text);
    case Form::command:
      break;
  }
  return take_command(endpoint, text);
}

/// `scheme://…`: tcp, udp and unix as without the slashes; of any other, the host and the port of the service.
Problem take_url(Endpoint& endpoint, std::string_view scheme, std::string_view rest) {
  const std::string name = lowered(scheme);
  if (name == "unix") {
    endpoint.kind = Kind::local;
    return take_path(endpoint, rest);
  }
  if (name == "udp") endpoint.kind = Kind::udp;
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view path = rest.substr(authority.size());
  authority = authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0.
  if (authority.empty()) return quoted(rest) + " names no host; expected " + name + "://HOST:PORT";
  if (name == "tcp" || name == "udp") return take_host_port(endpoint, authority);
  endpoint.path = path;
  const bool has_port = authority.rfind(':') != std::string_view::npos && !authority.ends_with(']');
  if (has_port) return take_host_port(endpoint, authority);
  const auto port = evt::parse_port(name);
  if (!port) return quoted(scheme) + " is no scheme with a port of its own; expected HOST:PORT behind it";
  endpoint.port = *port;
  return take_host(endpoint, authority);
}

bool has_capitals(std::string_view word) {
  return std::ranges::any_of(word, [](char byte) { return byte >= 'A' && byte <= 'Z'; });
}

/// The row of a word, and whether that is socat's spelling.
const Word* find_word(Endpoint& endpoint, std::string_view text) {
  std::string word = lowered(text);
  endpoint.socat = has_capitals(text);
  if (const auto* const synonym = std::ranges::find(synonyms, word, &Synonym::word); synonym != synonyms.end()) {
    endpoint.socat = true;
    endpoint.abstract = word.starts_with("abstract");
    endpoint.options.create = word.starts_with("creat");
    endpoint.options.truncate = endpoint.options.create;
    endpoint.options.append = word == "gopen";
    word = synonym->of;
  }
  const auto* const row = std::ranges::find(vocabulary, word, &Word::word);
  if (row != vocabulary.end()) return row;
  endpoint = {};
  return nullptr;
}

constexpr std::string_view expected =
    "expected HOST:PORT, tcp:, udp:, unix:, srv:, fd:, file:, pipe:, exec:, sh:, stdio, - or a listener such as tcp-listen:PORT";

Problem take_address(Endpoint& endpoint, std::string_view text) {
  if (text.empty()) return "'' is no endpoint; " + std::string(expected);
  if (text == "-") {
    endpoint.kind = Kind::standard;
    return std::nullopt;
  }
  if (text.starts_with('/') || text.starts_with("./")) {
    endpoint.kind = Kind::file;
    return take_path(endpoint, text);
  }
  const std::size_t colon = text.starts_with('[') ? std::string_view::npos : text.find(':');
  const std::string_view word = text.substr(0, colon);
  const std::string_view body = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const std::string name = lowered(word);
  const bool secure = name == "tls" || name == "https" || name == "ssl" || name == "openssl" || name == "wss";
  if (secure && colon != std::string_view::npos) return quoted(text) + ": TLS is not supported yet";
  if (colon != std::string_view::npos && body.starts_with("//")) return take_url(endpoint, word, body.substr(2));
  if (const Word* row = find_word(endpoint, word)) {
    const bool needs_body = row->form != Form::none && row->kind != Kind::pipe;
    if (colon == std::string_view::npos && needs_body) return quoted(text) + " is incomplete; " + std::string(expected);
    endpoint.kind = row->kind;
    endpoint.listens = row->listens;
    endpoint.family = row->family;
    return take_body(endpoint, row->form, body);
  }
  if (colon == std::string_view::npos && !text.starts_with('['))
    return quoted(text) + " is no endpoint; " + std::string(expected);
  return take_host_port(endpoint, text);
}

}  // namespace

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
  const auto parts = split_at_commas(text);
  if (!parts) return std::unexpected(quoted(text) + " " + parts.error());
  Endpoint endpoint;
  Problem problem = take_address(endpoint, parts->front());
  for (std::size_t index = 1; index < parts->size() && !problem; ++index)
    problem = endpoint::take_option(endpoint, (*parts)[index]);
  if (problem) return std::unexpected(std::move(*problem));
  return endpoint;
}

std::string_view name_of(const Endpoint& endpoint) {
  for (const Word& word : vocabulary)
    if (word.kind == endpoint.kind && word.listens == endpoint.listens && word.family == endpoint.family)
      return word.word;
  for (const Word& word : vocabulary)
    if (word.kind == endpoint.kind) return word.word;
  return "endpoint";
}

}  // namespace evtool
