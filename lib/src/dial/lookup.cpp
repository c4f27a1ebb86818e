/// Lookups: from the target to candidates, and how long one family waits for the other.
#include "dial/race.hpp"
#include "dial/target.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evt {

using Kind = DialLookup::Kind;

namespace {

/// More addresses of a name are left out: most_attempts is far less.
constexpr std::size_t most_addresses = 256;

Kind kind_of(int family) noexcept {
  return family == AF_INET6 ? Kind::ipv6 : Kind::ipv4;
}

}  // namespace

/// The family that all addresses must have, or AF_UNSPEC.
int Dial::Race::family() const noexcept {
  if (options.family != AF_UNSPEC || !options.bind) return options.family;
  return options.bind->family();
}

bool Dial::Race::asks(int wanted) const noexcept {
  return family() == AF_UNSPEC || family() == wanted;
}

void Dial::Race::begin_target() {
  if (const auto* address = std::get_if<Address>(&target)) return begin_address(*address);
  if (const auto* host = std::get_if<DialHost>(&target)) return begin_host(host->name, host->port);
  const std::string& name = std::get<DialService>(target).name;
  looking_up = true;
  open_lookup(name, Kind::service);
  names->find_services(name, *this);
}

void Dial::Race::begin_address(const Address& address) {
  if (address.family() == AF_UNIX || asks(address.family())) {
    candidates.push_back({address, std::nullopt});
  } else {
    refuse_lookup(address.to_string(), errno_error("lookup", EAFNOSUPPORT).code);
  }
  go();
  advance();
}

void Dial::Race::begin_host(const std::string& name, std::uint16_t port_of_host) {
  port = port_of_host;
  if (const auto address = detail::literal(name, port)) {
    if (*address) return begin_address(**address);
    refuse_lookup(name, address->error().code);
    go();
    return advance();
  }
  going = false;
  looking_up = true;
  for (const int wanted : {AF_INET6, AF_INET})
    if (asks(wanted)) open_lookup(name, kind_of(wanted));
  names->find_addresses(name, family(), *this);
}

/// The next server of a service, when those before have no address left to try.
bool Dial::Race::begin_next_service() {
  if (services.empty() || attempts.size() >= options.most_attempts) return false;
  const detail::ServiceRecord record = std::move(services.front());
  services.pop_front();
  begin_host(record.target, record.port);
  return true;
}

void Dial::Race::on_services(Result<std::vector<detail::ServiceRecord>> records) {
  close_lookup(Kind::service, records ? std::error_code{} : records.error().code);
  if (!records) return;
  detail::sort_services(*records, detail::random_up_to);
  for (detail::ServiceRecord& record : *records)
    if (!record.target.empty() && services.size() < options.most_attempts) services.push_back(std::move(record));
}

void Dial::Race::on_addresses(int wanted, Result<std::vector<Address>> addresses) {
  std::error_code error;
  if (addresses) {
    take(kind_of(wanted), std::move(*addresses));
  } else {
    error = addresses.error().code;
  }
  close_lookup(kind_of(wanted), error);
  if (candidates.empty()) return;
  // IPv4's addresses wait a little for those of IPv6, and for nothing else (RFC 8305, section 3).
  if (find_open(Kind::ipv6) == nullptr) {
    go();
    advance();
  } else if (!going && resolution_delay.idle()) {
    resolution_delay.after(options.resolution_delay, bind<&Race::on_resolution_delay>(*this));
  }
}

void Dial::Race::take(Kind kind, std::vector<Address> addresses) {
  if (addresses.size() > most_addresses) addresses.resize(most_addresses);
  for (Address& address : addresses)
    address = address.with_port(port);
  for (const Address& address : addresses)
    add(address);
  detail::sort_candidates(candidates);
  DialLookup* lookup = find_open(kind);
  if (lookup != nullptr) lookup->addresses = std::move(addresses);
}

void Dial::Race::on_resolution_delay() {
  go();
  advance();
}

void Dial::Race::on_end() {
  looking_up = false;
  // Who answers for one family only leaves nothing open.
  for (const Kind kind : {Kind::ipv6, Kind::ipv4, Kind::service}) {
    close_lookup(kind, errno_error("lookup", ENOENT).code);
  }
  go();
  advance();
}

void Dial::Race::add(const Address& address) {
  const bool known = std::ranges::any_of(candidates, [&](const auto& other) { return other.destination == address; }) ||
                     std::ranges::any_of(attempts, [&](const auto& other) { return other.address == address; });
  if (known || !asks(address.family())) return;
  candidates.push_back({address, options.bind ? options.bind : detail::source_of(address)});
}

void Dial::Race::open_lookup(const std::string& name, Kind kind) {
  lookups.push_back({.name = name, .kind = kind, .started = loop.now()});
  tell(DialEvent::Kind::lookup_started, lookups.size() - 1);
}

DialLookup* Dial::Race::find_open(Kind kind) noexcept {
  const auto lookup = std::ranges::find_if(lookups, [kind](const DialLookup& l) { return !l.over && l.kind == kind; });
  return lookup == lookups.end() ? nullptr : &*lookup;
}

void Dial::Race::close_lookup(Kind kind, const std::error_code& error) {
  DialLookup* lookup = find_open(kind);
  if (lookup == nullptr) return;
  lookup->over = true;
  lookup->error = error;
  lookup->ended = loop.now();
  tell(DialEvent::Kind::lookup_ended, static_cast<std::size_t>(lookup - lookups.data()));
}

void Dial::Race::refuse_lookup(const std::string& name, const std::error_code& error) {
  open_lookup(name, family() == AF_INET6 ? Kind::ipv6 : Kind::ipv4);
  close_lookup(lookups.back().kind, error);
}

}  // namespace evt
