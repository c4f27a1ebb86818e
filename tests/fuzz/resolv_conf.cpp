/// resolv.conf, with every other byte sequence in it.
#include "fuzz.hpp"
#include <evt/dns/config.hpp>

void fuzz(std::span<const std::byte> input) {
  using evt::fuzzing::require;
  const auto config = evt::dns::Config::parse(evt::fuzzing::text_of(input));
  require(!config.servers.empty() && config.servers.size() <= evt::dns::Config::most_servers, "one to three servers");
  require(config.ndots <= evt::dns::Config::most_ndots, "ndots has its bound");
  require(config.timeout >= std::chrono::seconds{1} && config.timeout <= evt::dns::Config::longest_timeout,
          "so has timeout");
  require(config.attempts >= 1 && config.attempts <= evt::dns::Config::most_attempts, "and attempts");
  for (const std::string& name : config.search)
    require(!name.empty(), "no name of the search list is empty");
}
