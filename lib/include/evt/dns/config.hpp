/// dns::Config: what resolv.conf(5) says, as a value. Reading it is damage-tolerant: what makes no sense is left out.
#pragma once

#include <evt/address.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evt::dns {

/// The limits are glibc's.
struct Config {
  static constexpr std::size_t most_servers = 3;  ///< MAXNS: further ones are ignored.
  static constexpr unsigned most_ndots = 15;
  static constexpr std::chrono::seconds longest_timeout{30};
  static constexpr unsigned most_attempts = 5;

  std::vector<Address> servers;     ///< Never empty after parse(): port 53, by default 127.0.0.1.
  std::vector<std::string> search;  ///< Without a dot at the end; "." for the root itself.
  unsigned ndots = 1;
  std::chrono::seconds timeout{5};  ///< At least 1.
  unsigned attempts = 2;            ///< Rounds over all servers, at least 1.
  bool rotate = false;
  bool use_vc = false;  ///< TCP only.
  bool edns0 = false;
  bool trust_ad = false;
  bool no_aaaa = false;
  bool single_request = false;
  bool single_request_reopen = false;
  bool no_tld_query = false;
  bool no_reload = false;

  /// What counts beside the file.
  struct Surroundings {
    std::optional<std::string_view> local_domain;      ///< LOCALDOMAIN: a search list instead of the file's.
    std::optional<std::string_view> resolver_options;  ///< RES_OPTIONS: behind those of the file.
    std::string_view host_name;  ///< What follows its first dot is searched where nothing else is.
  };

  /// Any text, also an empty one. Interfaces behind a `%` are looked up by name.
  static Config parse(std::string_view text, const Surroundings& surroundings);
  static Config parse(std::string_view text) { return parse(text, {}); }
  /// The file (a missing one is empty; 1 MiB of it), the environment (not under AT_SECURE) and the host's name.
  static Config load(const char* path = "/etc/resolv.conf");
};

}  // namespace evt::dns
