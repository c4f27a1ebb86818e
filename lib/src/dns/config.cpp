/// dns::Config: resolv.conf(5), read the way glibc does, and with more patience.
#include "dns/words.hpp"
#include <evt/dns/config.hpp>

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace evt::dns {

namespace {

using detail::take_line;
using detail::take_word;

constexpr std::uint16_t port = 53;
constexpr std::size_t most_bytes = std::size_t{1} << 20;

/// An address as a nameserver line has it: also 127.1 and its like.
std::optional<Address> parse_server(std::string_view word) {
  if (auto address = Address::parse_ip(word, port)) return *address;
  in_addr ipv4{};
  if (word.find_first_not_of("0123456789abcdefxABCDEFX.") != std::string_view::npos) return std::nullopt;
  if (inet_aton(std::string(word).c_str(), &ipv4) == 0) return std::nullopt;
  return Address::ipv4(ipv4, port);
}

/// The words of a search list. An entry cannot begin with a mark of a comment, so that one ends the list.
std::vector<std::string> parse_search(std::string_view line, std::size_t limit) {
  std::vector<std::string> search;
  while (search.size() < limit) {
    std::string_view word = take_word(line);
    if (word.empty() || word[0] == '#' || word[0] == ';') break;
    if (word.size() > 1 && word.ends_with('.')) word.remove_suffix(1);
    search.emplace_back(word);
  }
  return search;
}

/// What stands behind the colon, as atoi(3) reads it, but never negative or above `limit`; nothing where the option is
/// another one.
std::optional<unsigned> parse_number(std::string_view word, std::string_view option, unsigned limit) {
  if (!word.starts_with(option)) return std::nullopt;
  word.remove_prefix(option.size());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc::result_out_of_range) return limit;
  if (error != std::errc() || end == word.data()) return std::nullopt;
  return std::min(number, limit);
}

struct Flag {
  std::string_view name;
  bool Config::* member;
};

constexpr auto flags = std::to_array<Flag>({
    {"rotate", &Config::rotate},
    {"use-vc", &Config::use_vc},
    {"edns0", &Config::edns0},
    {"trust-ad", &Config::trust_ad},
    {"no-aaaa", &Config::no_aaaa},
    {"single-request", &Config::single_request},
    {"single-request-reopen", &Config::single_request_reopen},
    {"no-tld-query", &Config::no_tld_query},
    {"no_tld_query", &Config::no_tld_query},
    {"no-reload", &Config::no_reload},
});

void take_option(Config& config, std::string_view word) {
  constexpr auto longest = static_cast<unsigned>(Config::longest_timeout.count());
  if (const auto ndots = parse_number(word, "ndots:", Config::most_ndots)) config.ndots = *ndots;
  if (const auto timeout = parse_number(word, "timeout:", longest)) {
    config.timeout = std::chrono::seconds{std::max(*timeout, 1U)};
  }
  if (const auto attempts = parse_number(word, "attempts:", Config::most_attempts)) {
    config.attempts = std::max(*attempts, 1U);
  }
  for (const Flag& flag : flags)
    if (word == flag.name) config.*flag.member = true;
}

void take_options(Config& config, std::string_view line) {
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line))
    take_option(config, word);
}

void take_server(Config& config, std::string_view line) {
  const std::string_view word = take_word(line);
  if (config.servers.size() == Config::most_servers) return;
  if (const auto address = parse_server(word.substr(0, word.find_first_of("#;")))) config.servers.push_back(*address);
}

/// A keyword stands at the beginning of a line, with a blank behind it; anything else is no line of ours.
void take(Config& config, std::string_view line) {
  if (line.empty() || detail::blanks.contains(line[0])) return;
  const std::string_view keyword = take_word(line);
  if (keyword == "nameserver") return take_server(config, line);
  if (keyword == "options") return take_options(config, line);
  if (keyword != "domain" && keyword != "search") return;
  auto search = parse_search(line, keyword == "domain" ? 1 : std::string_view::npos);
  if (!search.empty()) config.search = std::move(search);
}

}  // namespace

Config Config::parse(std::string_view text, const Surroundings& surroundings) {
  Config config;
  // An editor of another system may have put a mark of byte order in front.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty())
    take(config, take_line(text));
  if (surroundings.local_domain) {
    std::string list(*surroundings.local_domain);
    std::ranges::replace(list, '\n', ' ');
    config.search = parse_search(list, std::string_view::npos);
  }
  if (config.search.empty()) {
    const std::size_t dot = surroundings.host_name.find('.');
    if (dot != std::string_view::npos) config.search = parse_search(surroundings.host_name.substr(dot + 1), 1);
  }
  if (surroundings.resolver_options) take_options(config, *surroundings.resolver_options);
  if (config.servers.empty()) config.servers.push_back(Address::loopback_ipv4(port));
  return config;
}

Config Config::load(const char* path) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  Surroundings surroundings{.host_name = host.data()};
  // secure_getenv(3) sees nothing under AT_SECURE.
  if (const char* domain = secure_getenv("LOCALDOMAIN")) surroundings.local_domain = domain;
  if (const char* options = secure_getenv("RES_OPTIONS")) surroundings.resolver_options = options;
  return parse(detail::read_text(path, most_bytes), surroundings);
}

}  // namespace evt::dns
