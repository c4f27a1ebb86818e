/// /etc/hosts, with every other byte sequence in it.
#include "fuzz.hpp"
#include <evt/dns/hosts.hpp>

void fuzz(std::span<const std::byte> input) {
  using evt::fuzzing::require;
  std::string_view text = evt::fuzzing::text_of(input);
  const auto hosts = evt::dns::Hosts::parse(text);
  require(hosts.size() <= text.size(), "not more lines than there are");
  // Any word of the input may be a name.
  const auto word = text.substr(text.size() / 2, 8);
  const auto found = hosts.find(word);
  require(found.empty() || hosts.contains(word), "what is found is there");
  for (const evt::Address& address : found)
    require(!hosts.name_of(address).empty(), "what has a name has one");
}
