/// Lines to questions, questions to messages.
#include "dnsq/questions.hpp"

#include <evt/dns/idn.hpp>

#include <algorithm>
#include <array>

namespace evtool::dnsq {

namespace {

constexpr std::string_view blanks = " \t\v\f\r";

std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

}  // namespace

std::expected<evt::dns::Name, std::string_view> parse_name(std::string_view text) {
  std::string ascii;
  if (!is_ascii(text)) {
    auto converted = evt::dns::to_ascii(text);
    if (!converted) return std::unexpected("is no internationalized domain name");
    text = ascii = std::move(*converted);
  }
  auto name = evt::dns::Name::parse(text);
  if (!name) return std::unexpected(name.error().operation);
  return *name;
}

std::optional<evt::Address> parse_server(std::string_view text, std::uint16_t port) {
  if (const auto address = evt::Address::parse_ip(text, port)) return *address;
  if (text.size() > 2 && text.starts_with('[') && text.ends_with(']'))
    if (const auto address = evt::Address::parse_ip(text.substr(1, text.size() - 2), port)) return *address;
  const auto address = evt::Address::parse(text);
  if (!address || address->family() == AF_UNIX) return std::nullopt;
  return *address;
}

std::expected<Question, std::string_view> parse_line(std::string_view line, const LineDefaults& defaults) {
  const std::string_view name = take_word(line);
  auto parsed = parse_name(name);
  if (!parsed) return std::unexpected(parsed.error());
  Question question{.name = *parsed, .type = defaults.type, .server = std::nullopt};
  bool has_type = false;
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    if (word.starts_with('@')) {
      if (question.server) return std::unexpected("a second server");
      question.server = parse_server(word.substr(1), defaults.port);
      if (!question.server) return std::unexpected("the server is no address");
      continue;
    }
    const auto type = evt::dns::parse_type(word);
    if (!type || has_type) return std::unexpected(has_type ? "a third word" : "no such record type");
    question.type = *type;
    has_type = true;
  }
  return question;
}

MessageForm::MessageForm(const Settings& settings, std::optional<evt::dns::Subnet> subnet)
    : has_edns_(!settings.no_edns),
      has_cookies_(!settings.no_cookie),
      nsid_(settings.nsid),
      padding_(settings.padding.value_or(0)),
      subnet_(subnet) {
  header_.recursion_desired = !settings.no_recursion;
  header_.authentic_data = !settings.no_authentic_data;
  header_.checking_disabled = settings.checking_disabled;
  header_.authoritative = settings.authoritative;
  edns_.udp_size = settings.buffer_size.value_or(edns_.udp_size);
  edns_.dnssec_ok = settings.dnssec;
}

bool MessageForm::write(Slot& slot, const Cookies& cookies) const {
  evt::dns::HeaderFields header = header_;
  header.id = slot.id;
  evt::dns::Builder builder(slot.message, header);
  builder.question(slot.name, slot.type, slot.cls);
  if (has_edns_ && !slot.without_edns) {
    builder.edns(edns_);
    if (nsid_) builder.nsid();
    if (subnet_) builder.client_subnet(subnet_->address, subnet_->prefix);
    if (has_cookies_) builder.cookie(cookies.client, cookies.server);
    if (padding_ != 0) builder.padding(padding_);
  }
  const auto message = builder.finish();
  slot.size = message ? static_cast<std::uint16_t>(message->size()) : std::uint16_t{0};
  return message.has_value();
}

}  // namespace evtool::dnsq
