/// compose: header, question and OPT record of a query.
#include "dns/compose.hpp"

#include <evt/dns/build.hpp>

namespace evt::dns::detail {

namespace {

void add_options(Builder& builder, const QueryOptions& options, const TryFields& fields) noexcept {
  builder.edns({.udp_size = options.udp_size, .dnssec_ok = options.dnssec_ok});
  if (options.nsid) builder.nsid();
  if (options.subnet) builder.client_subnet(options.subnet->address, options.subnet->prefix);
  if (fields.client_cookie) builder.cookie(*fields.client_cookie, fields.server_cookie);
  if (options.padding_block != 0) builder.padding(options.padding_block);
}

}  // namespace

Result<std::size_t> compose(std::span<std::byte> target, const Topic& topic, const QueryOptions& options,
                            const TryFields& fields) noexcept {
  Builder builder(target, {.id = fields.id,
                           .opcode = options.opcode,
                           .authoritative = options.authoritative,
                           .recursion_desired = options.recursion_desired,
                           .reserved = options.reserved_bit,
                           .authentic_data = options.authentic_data,
                           .checking_disabled = options.checking_disabled});
  builder.question(topic.name, topic.type, topic.cls);
  if (fields.edns) add_options(builder, options, fields);
  const auto message = builder.finish();
  if (!message) return std::unexpected(message.error());
  return message->size();
}

}  // namespace evt::dns::detail
