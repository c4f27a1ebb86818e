/// The options of OPT as dig prints them. An option whose data is not what it should be, for which dig refuses the
/// whole message, is printed as one that is not known.
#include "dnsq/print.hpp"
#include "utf8.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace evtool::dnsq {

namespace {

using evt::dns::Option;
using evt::dns::OptionCode;
using Bytes = std::span<const std::byte>;

std::string_view text_of(Bytes data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

std::uint64_t number(Bytes data, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::byte octet : data.subspan(at, size))
    value = value << 8 | std::to_integer<std::uint64_t>(octet);
  return value;
}

void append_hex(std::string& out, Bytes data, std::string_view before_each) {
  for (std::byte octet : data) {
    fmt::format_to(std::back_inserter(out), "{}{:02x}", before_each, std::to_integer<unsigned>(octet));
  }
}

/// ` 61 62 ("ab")`, with a point for what is no printable ASCII.
void append_dump(std::string& out, Bytes data) {
  if (data.empty()) return;
  append_hex(out, data, " ");
  out += " (\"";
  for (char letter : text_of(data))
    out += letter >= 0x20 && letter < 0x7f ? letter : '.';
  out += "\")";
}

/// Text of the server's, which may be UTF-8; a point for what could drive or deceive a terminal.
void append_foreign(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool shown = character.length > 0 && !is_control(character.code);
    const std::size_t size = std::max<std::size_t>(character.length, 1);
    if (shown) {
      out += text.substr(0, size);
    } else {
      out += '.';
    }
    text.remove_prefix(size);
  }
}

/// RFC 8914, as far as dig 9.18 has names.
void append_error(std::string& out, const evt::dns::ExtendedError& error) {
  static constexpr std::string_view names[] = {
      "Other",
      "Unsupported DNSKEY Algorithm",
      "Unsupported DS Digest Type",
      "Stale Answer",
      "Forged Answer",
      "DNSSEC Indeterminate",
      "DNSSEC Bogus",
      "Signature Expired",
      "Signature Not Yet Valid",
      "DNSKEY Missing",
      "RRSIGs Missing",
      "No Zone Key Bit Set",
      "NSEC Missing",
      "Cached Error",
      "Not Ready",
      "Blocked",
      "Censored",
      "Filtered",
      "Prohibited",
      "Stale NXDOMAIN Answer",
      "Not Authoritative",
      "Not Supported",
      "No Reachable Authority",
      "Network Error",
      "Invalid Data",
  };
  fmt::format_to(std::back_inserter(out), " {}", error.code);
  if (error.code < std::size(names)) fmt::format_to(std::back_inserter(out), " ({})", names[error.code]);
  if (error.text.empty()) return;
  out += ": (";
  append_foreign(out, error.text);
  out += ')';
}

/// Whether it was one.
bool append_subnet(std::string& out, const evt::dns::ClientSubnet& subnet) {
  const std::size_t bits = subnet.family == 1 ? 32 : subnet.family == 2 ? 128 : 0;
  if (subnet.family > 2 || subnet.source > bits || subnet.scope > bits) return false;
  if (subnet.address.size() != (subnet.source + 7U) / 8) return false;
  unsigned char octets[16] = {};
  std::ranges::copy(text_of(subnet.address), octets);
  char text[INET6_ADDRSTRLEN] = "0";
  if (bits > 0) inet_ntop(subnet.family == 1 ? AF_INET : AF_INET6, octets, text, sizeof text);
  fmt::format_to(std::back_inserter(out), " {}/{}/{}", text, subnet.source, subnet.scope);
  return true;
}

void append_cookie(std::string& out, Bytes theirs, Bytes ours) {
  out += ' ';
  append_hex(out, theirs, "");
  if (ours.empty()) return;
  const bool same = theirs.size() >= ours.size() && text_of(theirs.first(ours.size())) == text_of(ours);
  out += !same ? " (bad)" : theirs.size() == ours.size() ? " (echoed)" : " (good)";
}

/// `3600 (1 hour)`
void append_expiry(std::string& out, std::uint64_t seconds) {
  struct Unit {
    const char* name;
    std::uint64_t seconds;
  };
  static constexpr Unit units[] = {{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
  fmt::format_to(std::back_inserter(out), " {} (", seconds);
  const bool none = seconds == 0;
  const std::size_t begin = out.size();
  for (const Unit& unit : units) {
    const std::uint64_t count = seconds / unit.seconds;
    seconds %= unit.seconds;
    if (count == 0 && (!none || unit.seconds != 1)) continue;
    fmt::format_to(std::back_inserter(out), "{}{} {}{}", out.size() > begin ? " " : "", count, unit.name,
                   count == 1 ? "" : "s");
  }
  out += ')';
}

const char* name_of(OptionCode code) {
  switch (code) {
    case OptionCode::llq:
      return "LLQ";
    case OptionCode::nsid:
      return "NSID";
    case OptionCode::client_subnet:
      return "CLIENT-SUBNET";
    case OptionCode::expire:
      return "EXPIRE";
    case OptionCode::cookie:
      return "COOKIE";
    case OptionCode::tcp_keepalive:
      return "TCP KEEPALIVE";
    case OptionCode::padding:
      return "PAD";
    case OptionCode::key_tag:
      return "KEY-TAG";
    case OptionCode::extended_error:
      return "EDE";
    case OptionCode::client_tag:
      return "CLIENT-TAG";
    case OptionCode::server_tag:
      return "SERVER-TAG";
    case OptionCode::update_lease:
    case OptionCode::dau:
    case OptionCode::dhu:
    case OptionCode::n3u:
    case OptionCode::chain:
    case OptionCode::report_channel:
      break;
  }
  return nullptr;
}

bool append_llq(std::string& out, Bytes data) {
  if (data.size() != 18) return false;
  fmt::format_to(std::back_inserter(out), " Version: {}, Opcode: {}, Error: {}, Identifier: {}, Lifetime: {}",
                 number(data, 0, 2), number(data, 2, 2), number(data, 4, 2), number(data, 6, 8), number(data, 14, 4));
  return true;
}

bool append_key_tags(std::string& out, Bytes data) {
  if (data.empty() || data.size() % 2 != 0) return false;
  for (std::size_t at = 0; at < data.size(); at += 2) {
    fmt::format_to(std::back_inserter(out), "{} {}", at > 0 ? "," : "", number(data, at, 2));
  }
  return true;
}

void append_keepalive(std::string& out, Bytes data) {
  if (data.size() != 2) return append_dump(out, data);
  fmt::format_to(std::back_inserter(out), " {}.{} secs", number(data, 0, 2) / 10, number(data, 0, 2) % 10);
}

/// The data of an option that has a name. False where it is not what it should be.
bool append_value(std::string& out, const Option& option, Bytes cookie) {
  const Bytes data = option.data;
  auto end = std::back_inserter(out);
  switch (option.code) {
    case OptionCode::llq:
      return append_llq(out, data);
    case OptionCode::client_subnet: {
      auto subnet = client_subnet(option);
      return subnet && append_subnet(out, *subnet);
    }
    case OptionCode::expire:
      if (data.size() == 4) append_expiry(out, number(data, 0, 4));
      return data.empty() || data.size() == 4;
    case OptionCode::cookie:
      append_cookie(out, data, cookie);
      return data.size() == 8 || (data.size() >= 16 && data.size() <= 40);
    case OptionCode::tcp_keepalive:
      append_keepalive(out, data);
      return true;
    case OptionCode::padding:
      if (!data.empty()) fmt::format_to(end, " ({} bytes)", data.size());
      return true;
    case OptionCode::key_tag:
      return append_key_tags(out, data);
    case OptionCode::extended_error: {
      auto error = extended_error(option);
      if (error) append_error(out, *error);
      return error.has_value();
    }
    case OptionCode::client_tag:
    case OptionCode::server_tag:
      if (data.size() == 2) fmt::format_to(end, " {}", number(data, 0, 2));
      return data.size() == 2;
    default:
      append_dump(out, data);
      return true;
  }
}

}  // namespace

void append_option(std::string& out, const Option& option, Bytes cookie) {
  const std::size_t begin = out.size();
  if (const char* name = name_of(option.code)) {
    fmt::format_to(std::back_inserter(out), "{}:", name);
    if (append_value(out, option, cookie)) return;
    out.resize(begin);
  }
  fmt::format_to(std::back_inserter(out), "OPT={}:", static_cast<unsigned>(option.code));
  append_dump(out, option.data);
}

}  // namespace evtool::dnsq
