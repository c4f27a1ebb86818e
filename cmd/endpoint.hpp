/// Endpoints: where bytes come from and go to, as relay, dial and bench take them on the command line. A value; nothing
/// is opened or looked up here but service names.
#pragma once

#include "units.hpp"

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evtool {

/// What stands behind commas. An option that an endpoint of this kind cannot have is an error.
struct EndpointOptions {
  std::optional<Duration> connect_timeout;
  std::string bind;  ///< ADDRESS, ADDRESS:PORT or :PORT, not looked at yet.
  bool nodelay = false;
  bool keepalive = false;
  bool reuse_address = false;
  bool reuse_port = false;
  std::optional<std::uint32_t> backlog;
  std::optional<std::uint32_t> max_children;
  bool fork = false;  ///< socat's: go on accepting.
  std::optional<Size> send_buffer;
  std::optional<Size> receive_buffer;
  std::optional<std::uint32_t> ttl;
  std::string join;       ///< A multicast group.
  std::string interface;  ///< By name.
  bool broadcast = false;
  std::optional<mode_t> mode;
  bool unlink = false;
  bool append = false;
  bool create = false;
  bool truncate = false;
  bool read_only = false;
  bool write_only = false;
  bool raw = false;  ///< A terminal without line editing and echo.
  std::optional<std::uint32_t> baud;
  std::string link;  ///< A symbolic link to a pty.
  bool stderr_too = false;
  bool pty = false;
  std::string directory;
};

struct Endpoint {
  enum class Kind : std::uint8_t {
    tcp,
    udp,
    local,    ///< A unix socket.
    service,  ///< SRV records.
    standard,
    descriptor,
    file,
    pipe,  ///< A FIFO by path, or without one a pipe of our own.
    exec,
    shell,
    pty,
    inherited,  ///< A listener that somebody else made: listen:fd:N, listen:systemd.
  };

  Kind kind = Kind::tcp;
  bool listens = false;
  bool socat = false;        ///< A spelling of socat's, with its meaning: a listener without a host is one for all.
  int family = AF_UNSPEC;    ///< Of tcp4, tcp6 and their like.
  std::string host;          ///< Without brackets; empty where it was left out.
  bool any_address = false;  ///< `*`, or socat's listener without a host.
  std::uint16_t port = 0;
  std::string path;  ///< Also of an abstract socket, without its `@`; of a URL, what follows the host.
  bool abstract = false;
  int fd = -1;                     ///< -1 of an inherited listener: systemd's.
  std::string name;                ///< Of a service.
  std::vector<std::string> words;  ///< Of exec.
  std::string command;             ///< Of a shell.
  EndpointOptions options;
};

/// The error is a phrase that quotes the bad token and says what was expected.
std::expected<Endpoint, std::string> parse_endpoint(std::string_view text);

/// "tcp", "unix-listen" …: the kind as the grammar spells it.
std::string_view name_of(const Endpoint& endpoint);

}  // namespace evtool
