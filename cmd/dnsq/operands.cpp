/// Words to questions.
#include "dnsq/operands.hpp"

#include "dnsq/plus_words.hpp"
#include "dnsq/questions.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace evtool::dnsq {

namespace {

using evt::dns::Type;

bool is_transfer(Type type) {
  return type == Type::axfr || type == Type::ixfr;
}

/// `5.2.0.192.in-addr.arpa.`, or 32 nibbles below ip6.arpa.
std::string reverse_name(const evt::Address& address) {
  std::string name;
  if (address.family() == AF_INET) {
    const auto* octets =
        reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in*>(address.data())->sin_addr);
    for (int i = 3; i >= 0; --i)
      name += std::to_string(octets[i]) + '.';
    return name + "in-addr.arpa.";
  }
  const auto* octets = reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr.s6_addr;
  constexpr std::string_view digits = "0123456789abcdef";
  for (int i = 15; i >= 0; --i) {
    name.append({digits[octets[i] & 15U], '.'});
    name.append({digits[octets[i] >> 4U], '.'});
  }
  return name + "ip6.arpa.";
}

/// `10.1` as `10.1.0.0`, which dig takes in a subnet.
std::string with_all_octets(std::string address) {
  if (address.empty() || address.find_first_not_of("0123456789.") != std::string::npos) return address;
  for (auto dots = std::ranges::count(address, '.'); dots < 3; ++dots)
    address += ".0";
  return address;
}

class Planner {
 public:
  Planner(const Context& context, Settings& settings) : context_(context), settings_(settings) {}

  std::optional<Exit> read_defaults() {
    if (settings_.type) {
      const auto type = read_type(*settings_.type);
      if (!type) return type.error();
      plan_.type = *type;
    }
    if (settings_.cls) {
      const auto cls = evt::dns::parse_class(*settings_.cls);
      if (!cls) return context_.usage("--class: '{}' is no class; expected IN, CH or HS", *settings_.cls);
      plan_.cls = *cls;
    }
    return read_subnet();
  }

  /// They say how the other words are meant, wherever they stand.
  std::optional<Exit> read_plus_words() {
    for (const std::string& word : context_.operands) {
      if (!word.starts_with('+')) continue;
      const std::string refusal = apply_plus_word(word, settings_);
      if (!refusal.empty()) return context_.usage("'{}' {}", word, refusal);
    }
    return std::nullopt;
  }

  std::optional<Exit> read_words() {
    for (const std::string& word : context_.operands) {
      if (word.starts_with('+')) continue;
      if (auto refused = read_word(word)) return refused;
    }
    // Types without a name are meant for the addresses.
    std::vector<Type> reverse_types{settings_.type ? plan_.type : Type::ptr};
    if (!settings_.reverse.empty() && names_.empty() && !types_.empty()) reverse_types = std::exchange(types_, {});
    end_group();
    for (const std::string& text : settings_.reverse) {
      const auto address = evt::Address::parse_ip(text, 0);
      if (!address) return context_.usage("-x: '{}' is no address; expected 192.0.2.1 or 2001:db8::1", text);
      const std::string name = reverse_name(*address);
      for (const Type type : reverse_types)
        plan_.asks.push_back({name, {.name = *parse_name(name), .type = type, .cls = plan_.cls}});
    }
    return std::nullopt;
  }

  Plan& plan() { return plan_; }

 private:
  std::optional<Exit> read_word(const std::string& word) {
    if (word.starts_with('@')) {
      if (word.size() == 1) return context_.usage("'@' needs a server behind it");
      plan_.servers.push_back(word.substr(1));
      return std::nullopt;
    }
    if (const auto type = evt::dns::parse_type(word)) {
      if (is_transfer(*type)) return context_.usage("'{}': zone transfers are not supported", word);
      types_.push_back(*type);
      return std::nullopt;
    }
    if (const auto cls = evt::dns::parse_class(word)) {
      plan_.cls = *cls;
      return std::nullopt;
    }
    return read_name(word);
  }

  std::optional<Exit> read_name(const std::string& word) {
    // Types before the first name are meant for it; types between names end a group.
    if (!names_.empty() && !types_.empty()) end_group();
    const auto name = parse_name(word);
    if (!name) return context_.usage("'{}': {}", word, name.error());
    names_.push_back({word, {.name = *name}});
    return std::nullopt;
  }

  void end_group() {
    if (names_.empty() && types_.size() == 1 && plan_.asks.empty() && !settings_.bulk() && settings_.reverse.empty())
      names_.push_back({".", {}});
    if (types_.empty()) types_.push_back(plan_.type);
    for (Ask& ask : names_) {
      for (const Type type : types_) {
        ask.topic.type = type;
        ask.topic.cls = plan_.cls;
        plan_.asks.push_back(ask);
      }
    }
    names_.clear();
    types_.clear();
  }

  std::expected<Type, Exit> read_type(const std::string& text) const {
    const auto type = evt::dns::parse_type(text);
    if (!type) return std::unexpected(context_.usage("--type: '{}' is no record type", text));
    if (is_transfer(*type))
      return std::unexpected(context_.usage("--type: '{}': zone transfers are not supported", text));
    return *type;
  }

  std::optional<Exit> read_subnet() {
    if (!settings_.subnet) return std::nullopt;
    const std::string& text = *settings_.subnet;
    const auto slash = text.find('/');
    const auto address = evt::Address::parse_ip(with_all_octets(text.substr(0, slash)), 0);
    const std::uint8_t longest = address && address->family() == AF_INET6 ? 128 : 32;
    std::uint8_t prefix = text == "0" ? std::uint8_t{0} : longest;
    bool well = address.has_value();
    if (well && slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, prefix);
      well = read.ec == std::errc() && read.ptr == end && prefix <= longest;
    }
    if (!well) return context_.usage("--subnet: '{}' is no subnet; expected 192.0.2.0/24 or 2001:db8::/56", text);
    plan_.subnet = evt::dns::Subnet{.address = *address, .prefix = prefix};
    return std::nullopt;
  }

  const Context& context_;
  Settings& settings_;
  Plan plan_;
  std::vector<Ask> names_;
  std::vector<Type> types_;
};

}  // namespace

std::expected<Plan, Exit> plan_of(const Context& context, Settings& settings) {
  Planner planner(context, settings);
  if (const auto refused = planner.read_plus_words()) return std::unexpected(*refused);
  if (const auto refused = planner.read_defaults()) return std::unexpected(*refused);
  if (const auto refused = planner.read_words()) return std::unexpected(*refused);
  return std::move(planner.plan());
}

}  // namespace evtool::dnsq
