/// Resolver: what lookups share, and the rules of the search list.
#include <evt/dns/resolver.hpp>
#include <evt/loop.hpp>

#include <algorithm>

namespace evt::dns {

const Hosts& Resolver::hosts() {
  return hosts_.at(loop_.now());
}

QueryOptions Resolver::query_options() {
  QueryOptions options;
  options.servers = config_.servers;
  options.timeout = config_.timeout;
  options.rounds = config_.attempts;
  options.first_server = config_.rotate ? rotation_++ : 0;
  options.transport = config_.use_vc ? Transport::tcp : Transport::udp;
  options.authentic_data = config_.trust_ad;
  options.cookies = &cookies_;
  return options;
}

std::vector<std::string> Resolver::candidates(std::string_view name) const {
  if (name.ends_with('.')) return {std::string(name)};
  std::vector<std::string> names;
  for (const std::string& domain : config_.search) {
    std::string whole(name);
    if (domain != ".") whole.append(".").append(domain);
    names.push_back(std::move(whole));
  }
  // As it is: first where it has dots enough, else last. no-tld-query spares the root servers names without a dot.
  const auto dots = static_cast<std::size_t>(std::ranges::count(name, '.'));
  if (dots == 0 && config_.no_tld_query && !names.empty()) return names;
  names.insert(dots >= config_.ndots ? names.begin() : names.end(), std::string(name));
  return names;
}

}  // namespace evt::dns
