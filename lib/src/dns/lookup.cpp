/// Lookup: literals, files, and then each name of the search list in both families.
#include <evt/dns/idn.hpp>
#include <evt/dns/resolver.hpp>
#include <evt/dns/special_name.hpp>
#include <evt/loop.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace evt::dns {

namespace {

void add_once(std::vector<Address>& list, const Address& address) {
  if (std::ranges::find(list, address) == list.end()) list.push_back(address);
}

std::string_view without_dot(std::string_view name) noexcept {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return name;
}

/// An address as people write it, the short forms of inet_aton(3) too.
std::optional<Address> literal(const std::string& text) noexcept {
  if (auto address = Address::parse_ip(text, 0)) return *address;
  in_addr ipv4{};
  const bool plain = std::ranges::all_of(text, [](char letter) { return letter > ' '; });
  if (plain && inet_aton(text.c_str(), &ipv4) != 0) return Address::ipv4(ipv4, 0);
  return std::nullopt;
}

/// Where an alias of `name` leads to by this message.
std::optional<Name> alias_of(const Message& message, const Name& name) noexcept {
  for (const Record& record : message.answers())
    if (record.type == Type::cname && record.owner == name) return record.target();
  return std::nullopt;
}

/// A zone that speaks for itself says with its SOA that there is nothing (RFC 2308 §2.2).
bool denies(const Message& message) noexcept {
  for (const Record& record : message.authorities())
    if (record.type == Type::soa) return true;
  return false;
}

}  // namespace

Lookup::Lookup(Resolver& resolver)
    : ComposedRequest(resolver.loop()),
      resolver_(resolver),
      sides_{Side(resolver.loop(), AF_INET), Side(resolver.loop(), AF_INET6)} {}

Lookup::~Lookup() {
  settle();
}

Ticket Lookup::lookup(std::string_view name, const Options& options, Done done) {
  if (idle()) {
    name_ = name;
    options_ = options;
  }
  return submit(done);
}

bool Lookup::wants(int family) const noexcept {
  switch (options_.families) {
    case Families::any:
      return family == AF_INET || !resolver_.config().no_aaaa;
    case Families::ipv4:
      return family == AF_INET;
    case Families::ipv6:
      return family == AF_INET6;
  }
  return false;
}

void Lookup::start() {
  failure_.reset();
  exists_ = false;
  for (Side& side : sides_)
    side.asks = side.waits = false;
  if (name_.empty() || name_.find('\0') != std::string::npos)
    return complete(std::unexpected(errno_error("dns", EINVAL)));
  auto ascii = to_ascii(name_);
  if (!ascii) return complete(std::unexpected(ascii.error()));
  name_ = std::move(*ascii);
  if (auto addresses = known()) {
    std::erase_if(*addresses, [&](const Address& address) {
      return options_.families != Families::any && !wants(address.family());
    });
    if (addresses->empty()) return complete(std::unexpected(Error("dns", Failure::no_data)));
    return complete(Addresses{.list = std::move(*addresses), .name = std::string(without_dot(name_))});
  }
  if (special_name(name_) == SpecialName::missing)
    return complete(std::unexpected(Error("dns", Failure::no_such_name)));
  candidates_ = resolver_.candidates(name_);
  candidate_ = 0;
  ask_candidate();
}

/// What no server has to be asked for.
std::optional<std::vector<Address>> Lookup::known() const {
  if (const auto address = literal(name_)) return {{*address}};
  const Hosts& hosts = resolver_.hosts();
  if (hosts.contains(name_)) return hosts.find(name_);
  if (special_name(name_) != SpecialName::loopback) return std::nullopt;
  return {{Address::loopback_ipv6(0), Address::loopback_ipv4(0)}};
}

void Lookup::ask_candidate() {
  const auto name = Name::parse(candidates_[candidate_]);
  if (!name) {  // Too long with this domain, say.
    if (!failure_) failure_ = name.error();
    return next_candidate(true);
  }
  for (Side& side : sides_) {
    side.addresses.clear();
    side.aliases = 0;
    side.name = *name;
    side.asks = wants(side.family);
    side.error = Error("dns", Failure::no_data);
  }
  Side& second = sides_[1];
  second.waits = sides_[0].asks && second.asks && resolver_.config().single_request;
  for (Side& side : sides_)
    if (side.asks && !side.waits) ask(side);
}

void Lookup::ask(Side& side) {
  const bool ipv4 = side.family == AF_INET;
  const Query::Done done = ipv4 ? Query::Done(bind<&Lookup::on_ipv4>(*this)) : bind<&Lookup::on_ipv6>(*this);
  side.query.ask({.name = side.name, .type = ipv4 ? Type::a : Type::aaaa}, resolver_.query_options(), done);
}

void Lookup::on_ipv4(const Result<Answer>& answer) {
  on_answer(sides_[0], answer);
}
void Lookup::on_ipv6(const Result<Answer>& answer) {
  on_answer(sides_[1], answer);
}

void Lookup::on_answer(Side& side, const Result<Answer>& answer) {
  if (cancel_requested()) {
    side.asks = false;
    if (other(side).query.idle()) complete(std::unexpected(Error("dns", evt::Errc::canceled)));
    return;
  }
  if (!answer) {
    side.error = answer.error();
  } else if (follow(side, answer->message)) {
    return ask(side);
  }
  side.asks = false;
  side_ends(side);
}

/// Takes the addresses of a message, along its aliases. True where these end at a name that the message says nothing
/// about: it has to be asked for.
bool Lookup::follow(Side& side, const Message& message) {
  const Rcode rcode = message.rcode();
  if (rcode != Rcode::noerror && rcode != Rcode::nxdomain) {
    side.error = Error("dns", Failure::server_failure);
    return false;
  }
  const unsigned before = side.aliases;
  while (const auto target = alias_of(message, side.name)) {
    if (++side.aliases > most_aliases) {
      side.error = Error("dns", Failure::alias_loop);
      return false;
    }
    side.name = *target;
  }
  for (const Record& record : message.answers())
    if (record.owner == side.name)
      if (const auto address = record.address(0); address && address->family() == side.family)
        add_once(side.addresses, *address);
  if (!side.addresses.empty()) return false;
  if (rcode == Rcode::noerror && side.aliases != before && !denies(message)) return true;
  side.error = Error("dns", rcode == Rcode::nxdomain ? Failure::no_such_name : Failure::no_data);
  return false;
}

/// The first family that has addresses is told while the other is waited for.
void Lookup::side_ends(Side& side) {
  Side& second = other(side);
  if (second.asks) {
    if (std::exchange(second.waits, false)) ask(second);
    if (!side.addresses.empty() && options_.progress.function != nullptr)
      options_.progress.function(options_.progress.context, side.family, side.addresses);
    return;
  }
  candidate_ends();
}

void Lookup::candidate_ends() {
  Addresses found;
  for (const Side* side : {&sides_[1], &sides_[0]})
    found.list.insert(found.list.end(), side->addresses.begin(), side->addresses.end());
  if (!found.list.empty()) {
    found.name = without_dot(candidates_[candidate_]);
    return complete(std::move(found));
  }
  bool answered = true;
  for (const Side& side : sides_) {
    if (!wants(side.family)) continue;
    const std::error_code why = side.error.code;
    if (why == Failure::no_data) exists_ = true;
    if (why == Failure::no_data || why == Failure::no_such_name) continue;
    if (!failure_) failure_ = side.error;
    answered = answered && (why == Failure::server_failure || why == Failure::alias_loop);
  }
  next_candidate(answered);
}

/// Servers that do not answer at all will not for another name either.
void Lookup::next_candidate(bool answered) {
  if (answered && ++candidate_ < candidates_.size()) return ask_candidate();
  if (failure_) return complete(std::unexpected(*failure_));
  complete(std::unexpected(Error("dns", exists_ ? Failure::no_data : Failure::no_such_name)));
}

void Lookup::cancel_parts() noexcept {
  for (Side& side : sides_)
    side.query.cancel();
}

void Lookup::settle_parts() noexcept {
  for (Side& side : sides_)
    side.query.cancel_sync();
}

}  // namespace evt::dns
