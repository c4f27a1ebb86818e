/// The words of a command line: `@server`, names, types and classes in dig's order, and `+words`.
#pragma once

#include "context.hpp"
#include "dnsq/settings.hpp"
#include <evt/dns/name.hpp>
#include <evt/dns/query.hpp>

#include <expected>
#include <string>
#include <vector>

namespace evtool::dnsq {

struct Ask {
  std::string text;  ///< The name as it was written, in ASCII.
  evt::dns::Topic topic;
};

struct Plan {
  std::vector<std::string> servers;  ///< Without their `@`; addresses or names.
  std::vector<Ask> asks;
  std::optional<evt::dns::Subnet> subnet;
  evt::dns::Type type = evt::dns::Type::a;  ///< Where a name has none.
  evt::dns::Class cls = evt::dns::Class::in;
};

/// `NAME… TYPE…` asks for each type of each name; names after a type begin anew. `settings` gets what +words say.
/// What is wrong was said.
std::expected<Plan, Exit> plan_of(const Context& context, Settings& settings);

}  // namespace evtool::dnsq
