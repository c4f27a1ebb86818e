/// Names by a resolver: lookups of addresses, and questions for SRV records.
#include "dial/names.hpp"

#include <evt/dns/idn.hpp>
#include <evt/dns/resolver.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace evt::detail {

namespace {

std::vector<Address> of_family(const std::vector<Address>& all, int family) {
  std::vector<Address> some;
  std::ranges::copy_if(all, std::back_inserter(some), [family](const Address& a) { return a.family() == family; });
  return some;
}

Result<std::vector<ServiceRecord>> records_of(const dns::Message& message) {
  using dns::Failure;
  if (message.rcode() == dns::Rcode::nxdomain) return std::unexpected(Error("dns", Failure::no_such_name));
  if (message.rcode() != dns::Rcode::noerror) return std::unexpected(Error("dns", Failure::server_failure));
  std::vector<ServiceRecord> records;
  for (const dns::Record& record : message.answers()) {
    if (record.type != dns::Type::srv) continue;
    const auto target = record.name(6);
    if (!target) continue;
    std::string text = target->text();
    text.pop_back();  // The dot at the end.
    records.push_back(
        {.priority = record.word(0), .weight = record.word(2), .port = record.word(4), .target = std::move(text)});
  }
  if (records.empty()) return std::unexpected(Error("dns", Failure::no_data));
  return records;
}

class ResolverNames final : public DialNames {
 public:
  ResolverNames(Loop& loop, dns::Resolver& resolver) : resolver_(resolver), lookup_(resolver), query_(loop) {
    lookup_.unref();
    query_.unref();
  }

  void find_addresses(const std::string& name, int family, Client& client) override {
    client_ = &client;
    for (Side& side : sides_)
      side.open = family == AF_UNSPEC || family == side.family;
    dns::Families families = dns::Families::any;
    if (family == AF_INET) families = dns::Families::ipv4;
    if (family == AF_INET6) families = dns::Families::ipv6;
    const Ticket ticket = lookup_.lookup(name, {.families = families, .progress = {&ResolverNames::on_progress, this}},
                                         bind<&ResolverNames::on_found>(*this));
    if (!ticket) on_found(std::unexpected(ticket.error()));
  }

  void find_services(const std::string& name, Client& client) override {
    client_ = &client;
    const auto ascii = dns::to_ascii(name);
    if (!ascii) return end_services(std::unexpected(ascii.error()));
    const auto parsed = dns::Name::parse(*ascii);
    if (!parsed) return end_services(std::unexpected(parsed.error()));
    const Ticket ticket = query_.ask({.name = *parsed, .type = dns::Type::srv}, resolver_.query_options(),
                                     bind<&ResolverNames::on_answer>(*this));
    if (!ticket) end_services(std::unexpected(ticket.error()));
  }

  void stop() noexcept override {
    lookup_.cancel_sync();
    query_.cancel_sync();
  }

 private:
  struct Side {
    int family;
    bool open = false;
  };

  static void on_progress(void* context, int family, std::span<const Address> addresses) {
    auto& self = *static_cast<ResolverNames*>(context);
    for (Side& side : self.sides_)
      if (side.family == family && std::exchange(side.open, false))
        self.client_->on_addresses(family, std::vector(addresses.begin(), addresses.end()));
  }

  void on_found(const Result<dns::Addresses>& found) {
    for (Side& side : sides_) {
      if (!std::exchange(side.open, false)) continue;
      if (found) {
        client_->on_addresses(side.family, of_family(found->list, side.family));
      } else {
        client_->on_addresses(side.family, std::unexpected(found.error()));
      }
    }
    client_->on_end();
  }

  void on_answer(const Result<dns::Answer>& answer) {
    if (!answer) return end_services(std::unexpected(answer.error()));
    end_services(records_of(answer->message));
  }

  void end_services(Result<std::vector<ServiceRecord>> records) {
    client_->on_services(std::move(records));
    client_->on_end();
  }

  dns::Resolver& resolver_;
  dns::Lookup lookup_;
  dns::Query query_;
  Client* client_ = nullptr;
  std::array<Side, 2> sides_{{{.family = AF_INET6}, {.family = AF_INET}}};
};

}  // namespace

std::unique_ptr<DialNames> names_of(Loop& loop, dns::Resolver& resolver) {
  return std::make_unique<ResolverNames>(loop, resolver);
}

}  // namespace evt::detail
